/** The page's call, on a fake room and a fake web app: what a caller does, and what becomes of it. */
import { ConnectionError, DisconnectReason, RoomEvent } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Call } from '../../../src/call/call';
import type { Calls, Pass } from '../../../src/call/calls';
import type { Microphone } from '../../../src/call/microphone';
import { Outbox } from '../../../src/call/outbox';
import { ProblemError, type ProblemKind } from '../../../src/call/problem';
import type { Kept } from '../../../src/call/kept';
import { FakeRoom } from '../../fixture/fakeRoom';

const supported = vi.hoisted(() => vi.fn());
vi.mock('livekit-client', async (original) => ({ ...(await original<object>()), isBrowserSupported: supported }));

const PASS: Pass = {
  id: 'call-1',
  line: 'support-line',
  server_url: 'ws://livekit.test',
  participant_token: 'token',
  resume_token: 'token-1',
  expires_in: 600,
};
const KEPT: Kept = { token: 'kept', line: 'support-line', serverUrl: 'ws://kept.test' };
const ATTEMPT = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
const GREETER = { 'switchboard.agent': 'greeter', 'lk.agent.state': 'listening' };
const PATIENCE = { answer: 10_000, absence: 2_000, farewell: 4_000 };

const calls = { ask: vi.fn<Calls['ask']>(), resume: vi.fn<Calls['resume']>(), end: vi.fn<Calls['end']>() };
const microphone = vi.fn<() => Promise<Microphone>>();
const query = vi.fn<(wanted: { name: string }) => Promise<{ state: PermissionState }>>();
const prepared = vi.fn<(...arguments_: unknown[]) => Promise<void>>();
let kept: Kept | undefined;
let outbox: Outbox;
let rooms: FakeRoom[];
let refusal: unknown;

beforeEach(() => {
  vi.useFakeTimers();
  for (const mock of [calls.ask, calls.resume, calls.end, microphone, prepared, supported]) mock.mockReset();
  supported.mockReturnValue(true);
  calls.ask.mockResolvedValue(PASS);
  calls.resume.mockResolvedValue({ ...PASS, resume_token: 'token-2' });
  calls.end.mockResolvedValue();
  prepared.mockResolvedValue();
  microphone.mockResolvedValue('refused');
  permission('granted');
  [kept, rooms, refusal] = [undefined, [], undefined];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const keptCall = { load: () => kept, save: (given: Kept) => void (kept = given), clear: () => void (kept = undefined) };
const createRoom = (): FakeRoom => {
  const made = Object.assign(new FakeRoom(), { refusal, prepareConnection: prepared });
  rooms.push(made);
  return made;
};
const settled = () => vi.advanceTimersByTimeAsync(0);
const newCall = (line?: string) => {
  outbox = new Outbox({ load: () => undefined, save: () => undefined, clear: () => undefined });
  return new Call({ calls, kept: keptCall, outbox, createRoom, openMicrophone: microphone, patience: PATIENCE }, line);
};
const room = () => rooms.at(-1) as FakeRoom;
const track = () => {
  const stop = vi.fn();
  return { stop, microphone: { stop, kind: 'audio', on: vi.fn(), setLogger: vi.fn() } as unknown as Microphone };
};
const refused = (kind: ProblemKind) => new ProblemError({ kind });

function permission(state: PermissionState | undefined): void {
  query.mockReset().mockImplementation(() => (state ? Promise.resolve({ state }) : Promise.reject(new TypeError('not told'))));
  vi.stubGlobal('navigator', { permissions: { query } });
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

async function talking(how: 'speaking' | 'typing' = 'typing'): Promise<Call> {
  const call = newCall();
  await call.start(how);
  room().agentJoins(GREETER);
  return call;
}

/** A call that the page's network has lost. */
async function lost(): Promise<Call> {
  const call = await talking();
  room().cut(DisconnectReason.SIGNAL_CLOSE);
  return call;
}

async function agentVanishes(): Promise<void> {
  room().agentLeaves();
  await vi.advanceTimersByTimeAsync(2_000);
}

test('a page without a call is idle, and prepares nothing', () => {
  const call = newCall();
  expect(call.snapshot()).toMatchObject({ phase: 'idle', resumable: false });
  expect(call.room).toBeUndefined();
  expect(prepared).not.toHaveBeenCalled();
});

test('a reloaded page can continue, and makes ready for it', () => {
  kept = KEPT;
  expect(newCall().snapshot()).toMatchObject({ phase: 'idle', resumable: true });
  expect(prepared).toHaveBeenCalledWith('ws://kept.test');
});

test('a call goes to the line of the page, and its resume token is kept', async () => {
  const call = newCall('returns-line');
  await call.start('typing');
  expect(calls.ask).toHaveBeenCalledWith('returns-line');
  expect(kept).toEqual({ token: 'token-1', line: 'support-line', serverUrl: 'ws://livekit.test' });
  expect(call.snapshot()).toMatchObject({ phase: 'waiting', microphone: 'off' });
  expect(call.room).toBe(room());
  expect(calls.end).not.toHaveBeenCalled();
});

test('whoever listens is told each change, until they listen no more', async () => {
  const call = newCall();
  const listener = vi.fn();
  const stop = call.subscribe(listener);
  await call.start('typing');
  const times = listener.mock.calls.length;
  expect(times).toBeGreaterThan(1);
  stop();
  call.hangUp();
  expect(listener).toHaveBeenCalledTimes(times);
});

test('who calls by voice is asked for the microphone at once; who types is not', async () => {
  calls.ask.mockReturnValue(new Promise(() => undefined));
  const call = newCall();
  void call.start('typing');
  await settled();
  expect(microphone).not.toHaveBeenCalled();
  void call.start('speaking');
  await settled();
  expect(microphone).toHaveBeenCalledOnce();
  expect(call.snapshot()).toMatchObject({ phase: 'calling', microphone: 'opening' });
});

test('a new call ends the one that was open', async () => {
  kept = KEPT;
  await newCall().start('typing');
  expect(calls.end.mock.calls).toEqual([['kept']]);
  expect(kept.token).toBe('token-1');
});

test('a caller who must allow the microphone first is waited for, and the way is made ready', async () => {
  permission('prompt');
  const coming = deferred<Microphone>();
  microphone.mockReturnValue(coming.promise);
  const call = newCall();
  void call.start('speaking');
  await settled();
  expect(call.snapshot()).toMatchObject({ phase: 'calling', microphone: 'asking' });
  expect(prepared).toHaveBeenCalledWith('ws://livekit.test', 'token');
  coming.resolve('refused');
  await settled();
  expect(call.snapshot()).toMatchObject({ phase: 'waiting', microphone: 'refused' });
});

test('a caller who does not answer the browser enters after eight seconds', async () => {
  permission('prompt');
  microphone.mockReturnValue(new Promise(() => undefined));
  const call = newCall();
  void call.start('speaking');
  await vi.advanceTimersByTimeAsync(7_999);
  expect(call.snapshot().phase).toBe('calling');
  await vi.advanceTimersByTimeAsync(1);
  expect(call.snapshot().phase).toBe('waiting');
});

test('a caller who hangs up while the browser asks enters no room', async () => {
  permission('prompt');
  const coming = deferred<Microphone>();
  microphone.mockReturnValue(coming.promise);
  const call = newCall();
  void call.start('speaking');
  await settled();
  call.hangUp();
  coming.resolve('refused');
  await settled();
  expect(room().entered).toEqual([]);
  expect(call.snapshot()).toMatchObject({ phase: 'over', ended: 'you' });
});

test('a caller who has allowed the microphone before enters without waiting for it', async () => {
  microphone.mockReturnValue(new Promise(() => undefined));
  const call = newCall();
  await call.start('speaking');
  expect(call.snapshot()).toMatchObject({ phase: 'waiting', microphone: 'opening' });
  expect(query).toHaveBeenCalledWith({ name: 'microphone' });
});

test('a browser that does not tell its permissions is taken to ask', async () => {
  permission(undefined);
  microphone.mockReturnValue(new Promise(() => undefined));
  const call = newCall();
  void call.start('speaking');
  await settled();
  expect(call.snapshot().microphone).toBe('asking');
});

test('a caller who types need not be asked anything', async () => {
  permission('prompt');
  const call = await talking();
  expect(call.snapshot()).toMatchObject({ phase: 'live', microphone: 'off' });
  expect(query).not.toHaveBeenCalled();
});

test('a call that comes after the caller hung up is ended, not entered', async () => {
  const coming = deferred<Pass>();
  calls.ask.mockReturnValue(coming.promise);
  const call = newCall();
  void call.start('typing');
  await settled();
  call.hangUp();
  expect(calls.end).not.toHaveBeenCalled();
  coming.resolve(PASS);
  await settled();
  expect(calls.end.mock.calls).toEqual([['token-1']]);
  expect(kept).toBeUndefined();
  expect(room().entered).toEqual([]);
});

test('a refusal that comes after the caller hung up says nothing', async () => {
  const coming = deferred<Pass>();
  calls.ask.mockReturnValue(coming.promise.then(() => Promise.reject(refused('busy'))));
  const call = newCall();
  void call.start('typing');
  await settled();
  call.hangUp();
  coming.resolve(PASS);
  await settled();
  expect(call.snapshot()).toMatchObject({ phase: 'over', ended: 'you' });
  expect(call.snapshot().problem).toBeUndefined();
});

test('a microphone is let go when the caller hangs up, also one that is not there yet', async () => {
  const [first, second] = [track(), track()];
  microphone.mockResolvedValueOnce(first.microphone);
  const call = await talking('speaking');
  call.hangUp();
  await settled();
  expect(first.stop).toHaveBeenCalledOnce();
  const coming = deferred<Microphone>();
  microphone.mockReturnValue(coming.promise);
  await call.start('speaking');
  call.hangUp();
  coming.resolve(second.microphone);
  await settled();
  expect(second.stop).toHaveBeenCalled();
  expect(first.stop).toHaveBeenCalledOnce();
});

test('a microphone of a call before is not spoken into in a call that is typed', async () => {
  microphone.mockResolvedValue(track().microphone);
  const call = await talking('speaking');
  const published = vi.fn();
  await call.start('typing');
  room().localParticipant.publishTrack = published;
  await settled();
  expect(published).not.toHaveBeenCalled();
  expect(room().packets).toEqual(['switchboard.arrived']);
});

test('hanging up ends the call, forgets its resume token and leaves the room', async () => {
  const call = await talking();
  const now = Date.now();
  call.hangUp();
  expect(call.snapshot()).toMatchObject({ phase: 'over', ended: 'you', endedAt: now });
  expect(calls.end.mock.calls).toEqual([['token-1']]);
  expect(kept).toBeUndefined();
  expect(room().state).toBe('disconnected');
});

test('a call that the line ends says why, or that it did', async () => {
  const call = await talking();
  room().event({ kind: 'ended', reason: 'goodbye' });
  await settled();
  room().cut(DisconnectReason.ROOM_DELETED);
  expect(call.snapshot()).toMatchObject({ phase: 'over', ended: 'goodbye' });
  const other = await talking();
  room().cut(DisconnectReason.ROOM_DELETED);
  expect(other.snapshot()).toMatchObject({ phase: 'over', ended: 'other' });
});

test('a browser that can hold no calls asks for none', async () => {
  supported.mockReturnValue(false);
  const call = newCall();
  await call.start('speaking');
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'unsupported' } });
  expect(calls.ask).not.toHaveBeenCalled();
  expect(microphone).not.toHaveBeenCalled();
});

test.each(['busy', 'tooMany', 'unreachable', 'server', 'noLine', 'refused'] as const)('a call that is refused (%s) says so', async (kind) => {
  calls.ask.mockRejectedValue(refused(kind));
  const call = newCall();
  await call.start('typing');
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind }, resumable: false });
});

test('a room that cannot be entered leaves the resume token for another try', async () => {
  refusal = ConnectionError.notAllowed('expired', 401);
  const call = newCall();
  await call.start('typing');
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'expired' }, resumable: true });
  expect(kept?.token).toBe('token-1');
  expect(calls.end).not.toHaveBeenCalled();
});

test('a call that nobody takes is given up', async () => {
  const call = newCall();
  await call.start('typing');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'noAgent' }, resumable: false });
  expect(calls.end.mock.calls).toEqual([['token-1']]);
});

test('a continued call that nobody takes can be continued once more', async () => {
  const call = await lost();
  await call.resume();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(call.snapshot()).toMatchObject({ phase: 'lost', problem: { kind: 'noAgent' } });
  await call.resume();
  expect(calls.resume).toHaveBeenLastCalledWith('token-2', true, ATTEMPT);
});

test('a call whose agent vanished goes on by itself, in a fresh room, and says again what nobody has taken', async () => {
  const call = await talking();
  await call.say('Where is my order?');
  await agentVanishes();
  expect(calls.resume.mock.calls).toEqual([['token-1', true, ATTEMPT]]);
  expect(call.snapshot()).toMatchObject({ phase: 'waiting', agent: 'greeter' });
  expect(kept?.token).toBe('token-2');
  room().agentJoins(GREETER);
  expect(room().sent).toMatchObject([{ text: 'Where is my order?' }]);
  expect(rooms[0]?.sent[0]?.id).toBe(room().sent[0]?.id);
  expect(call.snapshot().entries.map(({ kind }) => kind)).toEqual(['said', 'resumed']);
});

test('a call that loses agent after agent asks the caller', async () => {
  const call = await talking();
  for (const times of [1, 2, 3]) {
    await agentVanishes();
    expect(calls.resume).toHaveBeenCalledTimes(times);
    room().agentJoins(GREETER);
  }
  await agentVanishes();
  expect(call.snapshot()).toMatchObject({ phase: 'lost', problem: { kind: 'agentLost' } });
  await call.resume();
  expect(calls.resume).toHaveBeenLastCalledWith('token-2', true, ATTEMPT);
  room().agentJoins(GREETER);
  await agentVanishes();
  expect(calls.resume).toHaveBeenCalledTimes(5);
});

test.each([
  ['speaks', false, 2],
  ['is muted', true, 1],
] as const)('a caller who %s when the agent vanishes is heard as they were', async (_, muted, opened) => {
  microphone.mockImplementation(() => Promise.resolve(track().microphone));
  const call = await talking('speaking');
  await settled();
  await call.mute(muted);
  await agentVanishes();
  expect(microphone).toHaveBeenCalledTimes(opened);
});

test.each(['hangs up', 'calls anew'] as const)('what nobody has taken is forgotten when the caller %s', async (how) => {
  const call = await talking();
  await call.say('Where is my order?');
  if (how === 'hangs up') call.hangUp();
  else await call.start('typing');
  expect(outbox.lines).toEqual([]);
});

test('a caller who lost the connection goes back into the same room', async () => {
  const call = await talking();
  room().cut(DisconnectReason.SIGNAL_CLOSE);
  expect(call.snapshot().phase).toBe('lost');
  await call.resume();
  expect(calls.resume).toHaveBeenCalledWith('token-1', false, ATTEMPT);
  expect(microphone).toHaveBeenCalledOnce();
});

test('a caller who does not wait for a line that has gone quiet goes on in a fresh room', async () => {
  const call = await talking();
  const stats = new Map([['in', { type: 'inbound-rtp', packetsReceived: 7 }]]);
  const voice = { isMuted: false, track: { getRTCStatsReport: () => Promise.resolve(stats) } };
  room().remoteParticipants.get('agent-1')?.audioTrackPublications.set('voice', voice as never);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(call.snapshot().link).toBe('quiet');
  await call.resume();
  expect(calls.resume).toHaveBeenCalledWith('token-1', true, ATTEMPT);
});

test('without a resume token, continuing is calling anew, by voice', async () => {
  await newCall().resume();
  expect(calls.ask).toHaveBeenCalledOnce();
  expect(microphone).toHaveBeenCalledOnce();
});

test('a continued call that fails keeps what was said, and can be tried again', async () => {
  const call = await lost();
  calls.resume.mockRejectedValueOnce(refused('unreachable'));
  await call.resume();
  expect(call.snapshot()).toMatchObject({ phase: 'lost', problem: { kind: 'unreachable' }, visited: ['greeter'] });
  expect(kept?.token).toBe('token-1');
});

test('an attempt whose answer was lost is made again as the same, also by a reloaded page', async () => {
  const call = await lost();
  calls.resume.mockRejectedValueOnce(refused('unreachable'));
  await call.resume();
  await newCall().resume();
  const [first, again] = calls.resume.mock.calls;
  expect([again?.[0], again?.[2]]).toEqual([first?.[0], first?.[2]]);
  expect(kept).toMatchObject({ token: 'token-2' });
  expect(kept?.attempt).toBeUndefined();
});

test('each resume token is used by an attempt of its own', async () => {
  const call = await lost();
  await call.resume();
  await call.resume();
  const [first, second] = calls.resume.mock.calls;
  expect(second?.[0]).toBe('token-2');
  expect(second?.[2]).not.toBe(first?.[2]);
});

test('a reloaded page that fails to continue has nothing to keep, but the resume token', async () => {
  kept = KEPT;
  calls.resume.mockRejectedValueOnce(refused('unreachable'));
  const call = newCall();
  await call.resume();
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'unreachable' }, resumable: true });
});

test('a continued call that is gone is over, whatever was said', async () => {
  const call = await lost();
  calls.resume.mockRejectedValueOnce(refused('gone'));
  await call.resume();
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'gone' }, resumable: false });
  expect(kept).toBeUndefined();
});

test('a new call after one that went on does not go on', async () => {
  const call = await lost();
  await call.resume();
  await call.start('typing');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(call.snapshot()).toMatchObject({ phase: 'idle', problem: { kind: 'noAgent' } });
});

test('the room of a call before has no say in this one', async () => {
  const call = await talking();
  const before = room();
  await call.start('typing');
  before.agentSets({ 'switchboard.agent': 'support' });
  before.emit(RoomEvent.Disconnected, DisconnectReason.ROOM_DELETED);
  expect(call.snapshot().phase).toBe('waiting');
  expect(call.snapshot().agent).toBeUndefined();
});

test('an event that is sent again after a reload of the room is heard once', async () => {
  const call = await talking();
  const handoff = { kind: 'handoff', from: 'greeter', to: 'support', seq: 1 };
  room().event(handoff);
  await settled();
  room().cut(DisconnectReason.SIGNAL_CLOSE);
  await call.resume();
  room().agentJoins({ ...GREETER, 'switchboard.agent': 'support' });
  room().event(handoff);
  room().event({ kind: 'tool_called', agent: 'support', tool: 'find_order', id: 'a', seq: 2 });
  await settled();
  expect(call.snapshot().entries.map(({ kind }) => kind)).toEqual(['handoff', 'resumed', 'tool']);
});

test('who speaks is known to the words from the call', async () => {
  const call = await talking();
  room().agentSays('s1', 'Hello.');
  await settled();
  expect(call.snapshot().entries).toMatchObject([{ agent: 'greeter', text: 'Hello.' }]);
});

test('a caller who typed can ask for the microphone', async () => {
  const call = await talking();
  const coming = deferred<Microphone>();
  microphone.mockReturnValue(coming.promise);
  void call.speak();
  expect(call.snapshot().microphone).toBe('opening');
  coming.resolve('missing');
  await settled();
  expect(call.snapshot().microphone).toBe('missing');
});

test('what the caller does reaches the room', async () => {
  const call = await talking();
  await call.say('Hello?');
  await call.press('7');
  await call.mute(true);
  expect(room().sent).toMatchObject([{ text: 'Hello?' }]);
  expect(room().pressed).toEqual([[7, '7']]);
  expect(call.snapshot().microphone).toBe('muted');
});

test('without a call there is nothing to do it in', async () => {
  const call = newCall();
  await call.say('Hello?');
  await call.press('7');
  await call.mute(true);
  await call.speak();
  expect(rooms).toEqual([]);
});
