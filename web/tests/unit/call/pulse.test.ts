/** Whether the agent's sound still arrives: feels the pulse every quarter of a second, on a clock of the test's. */
import type { RemoteParticipant } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pulse } from '../../../src/call/pulse';

const changed = vi.fn<(quiet: boolean) => void>();
let packets: number | undefined;
let muted: boolean;
let agent: RemoteParticipant | undefined;
let asked: number;

beforeEach(() => {
  vi.useFakeTimers();
  changed.mockReset();
  [packets, muted, asked] = [1, false, 0];
  const track = { getRTCStatsReport: report };
  agent = { audioTrackPublications: new Map([['TR_1', { get isMuted() { return muted; }, track }]]) } as never;
});
afterEach(() => vi.useRealTimers());

function report(): Promise<Map<string, object>> {
  asked += 1;
  if (packets === undefined) return Promise.reject(new Error('no statistics'));
  const others = ['outbound-rtp', 'codec'].map((type) => [type, { type, packetsReceived: -1 }] as const);
  return Promise.resolve(new Map<string, object>([...others, ['in', { type: 'inbound-rtp', packetsReceived: packets }]]));
}

/** Time passes, and with each quarter of a second `more` packets arrive. */
async function pass(milliseconds: number, more = 0): Promise<void> {
  for (let gone = 0; gone < milliseconds; gone += 250) {
    packets = packets === undefined ? undefined : packets + more;
    await vi.advanceTimersByTimeAsync(250);
  }
}

function started(): Pulse {
  const pulse = new Pulse(() => agent, changed);
  pulse.start();
  return pulse;
}

test('an agent whose packets come is not quiet', async () => {
  started();
  await pass(10_000, 25);
  expect(changed).not.toHaveBeenCalled();
});

test('an agent of whom nothing comes for more than a second is quiet, and is said so once', async () => {
  started();
  await pass(500, 25);
  await pass(1_000);
  expect(changed).not.toHaveBeenCalled();
  await pass(250);
  expect(changed.mock.calls).toEqual([[true]]);
  await pass(5_000);
  expect(changed).toHaveBeenCalledOnce();
});

test('an agent who is heard again is quiet no longer', async () => {
  started();
  await pass(4_000);
  await pass(500, 25);
  expect(changed.mock.calls).toEqual([[true], [false]]);
  await pass(4_000);
  expect(changed.mock.calls).toEqual([[true], [false], [true]]);
});

test('an agent of whom nothing has come yet is not quiet: the sound may still be on its way', async () => {
  packets = 0;
  started();
  await pass(10_000);
  expect(changed).not.toHaveBeenCalled();
});

test('a browser that tells no numbers is believed to hear', async () => {
  started();
  await pass(1_000);
  packets = undefined;
  await pass(10_000);
  expect(changed).not.toHaveBeenCalled();
});

test('a voice that is muted is not felt', async () => {
  started();
  await pass(1_000);
  muted = true;
  await pass(10_000);
  expect(changed).not.toHaveBeenCalled();
});

test('without an agent there is nothing to feel', async () => {
  const voice = agent;
  started();
  await pass(4_000);
  agent = undefined;
  await pass(1_000, 25);
  expect(changed.mock.calls).toEqual([[true]]);
  agent = voice;
  await pass(500);
  expect(changed.mock.calls).toEqual([[true], [false]]);
});

test('a pulse that is stopped feels and says nothing, also of what was asked before', async () => {
  const pulse = started();
  await pass(1_000);
  const before = asked;
  vi.advanceTimersByTime(250);
  pulse.stop();
  await pass(5_000);
  expect(asked).toBe(before + 1);
  expect(changed).not.toHaveBeenCalled();
});

test('a pulse that starts anew waits its time anew', async () => {
  const pulse = started();
  await pass(1_250);
  pulse.stop();
  pulse.start();
  await pass(1_250);
  expect(changed).not.toHaveBeenCalled();
  await pass(250);
  expect(changed.mock.calls).toEqual([[true]]);
});

test('a pulse that is started twice beats once', async () => {
  started().start();
  await pass(500);
  expect(asked).toBe(2);
});
