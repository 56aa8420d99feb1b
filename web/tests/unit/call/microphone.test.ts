import { createLocalAudioTrack, type LocalAudioTrack } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isProblem, openMicrophone } from '../../../src/call/microphone';

vi.mock('livekit-client', async (original) => ({ ...(await original<object>()), createLocalAudioTrack: vi.fn() }));
const opened = vi.mocked(createLocalAudioTrack);

beforeEach(() => {
  opened.mockReset();
});
afterEach(() => vi.unstubAllGlobals());

const browser = (mediaDevices: object | undefined) => vi.stubGlobal('navigator', { mediaDevices });
const named = (name: string) => Object.assign(new Error('no'), { name });

test('the microphone is opened for speech', async () => {
  browser({});
  const track = {} as unknown as LocalAudioTrack;
  opened.mockResolvedValue(track);
  expect(await openMicrophone()).toBe(track);
  expect(opened).toHaveBeenCalledWith({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
});

test('a browser without media devices, as on a page without TLS, is not asked', async () => {
  browser(undefined);
  opened.mockRejectedValue(named('NotAllowedError'));
  expect(await openMicrophone()).toBe('unsupported');
});

test.each([
  ['NotAllowedError', 'refused'],
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
  ['OverconstrainedError', 'unsupported'],
])('%s is told as %s', async (name, problem) => {
  browser({});
  opened.mockRejectedValue(named(name));
  expect(await openMicrophone()).toBe(problem);
});

test.each(['off', 'opening', 'asking', 'on', 'muted'] as const)('%s is no problem', (state) => expect(isProblem(state)).toBe(false));
test.each(['refused', 'missing', 'busy', 'unsupported'] as const)('%s is a problem', (state) => expect(isProblem(state)).toBe(true));
