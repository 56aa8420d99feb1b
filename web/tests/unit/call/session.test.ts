/** One stay in a fake room: what is told of it, and what the caller sends into it. */
import { DisconnectReason, ParticipantKind, RoomEvent, type LocalAudioTrack } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Pass } from '../../../src/call/calls';
import type { Microphone } from '../../../src/call/microphone';
import { Outbox } from '../../../src/call/outbox';
import type { Problem } from '../../../src/call/problem';
import { Session } from '../../../src/call/session';
import type { Action } from '../../../src/call/state';
import { FakeRoom } from '../../fixture/fakeRoom';

const PASS = { server_url: 'ws://livekit.test', participant_token: 'token' } as Pass;
const PATIENCE = { answer: 10_000, absence: 2_000, farewell: 4_000 };
const GREETER = { 'switchboard.agent': 'greeter', 'lk.agent.state': 'listening' };
const NOBODY = Promise.resolve(undefined);
let room: FakeRoom;
let session: Session;
let outbox: Outbox;
let told: Action[];
let ends: (Problem | undefined)[];
let speaker: string | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  stop.mockReset();
  [room, told, ends, speaker] = [new FakeRoom(), [], [], undefined];
  const tell = (action: Action): void => {
    told.push(action);
    if (action.type === 'agent') speaker = action.agent;
  };
  outbox = new Outbox({ load: () => undefined, save: () => undefined, clear: () => undefined });
  session = new Session(room, tell, (problem) => ends.push(problem), () => speaker, outbox, PATIENCE);
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const settled = () => pass(0);
const types = () => told.map(({ type }) => type);
const last = (type: Action['type']) => told.findLast((action) => action.type === type);
const taken = (id: string | undefined): void => room.event({ kind: 'taken', id, seq: 1 });
const sentTo = () => room.sent.map(({ to, id }) => [...(to ?? []), id]);
const links = () => told.flatMap((action) => (action.type === 'link' ? [action.link] : []));

const stop = vi.fn();
const track = () => ({ stop, kind: 'audio', on: vi.fn(), setLogger: vi.fn() }) as unknown as LocalAudioTrack;

async function inCall(): Promise<void> {
  await session.enter(PASS, NOBODY);
  room.agentJoins(GREETER);
}

test('words and events are listened for before the room is entered', () => {
  expect([...room.topics()]).toEqual(['lk.transcription', 'switchboard.events']);
  expect(room.state).toBe('disconnected');
});

test('a caller who enters says so at once, with a byte when there is no microphone yet', async () => {
  const now = Date.now();
  await session.enter(PASS, new Promise<Microphone>(() => undefined));
  expect(told).toEqual([{ type: 'connected', at: now }]);
  expect(room.packets).toEqual(['switchboard.arrived']);
  expect(room.entered).toEqual([['ws://livekit.test', 'token']]);
});

test('a caller who has left while the room was entered does nothing in it', async () => {
  const entering = session.enter(PASS, NOBODY);
  session.leave();
  await entering;
  room.agentJoins(GREETER);
  await pass(60_000);
  expect([told, room.packets, ends]).toEqual([[], [], []]);
});

test('a microphone that is there is published, and is news enough', async () => {
  const published = vi.spyOn(room.localParticipant, 'publishTrack').mockResolvedValue({} as never);
  const microphone = track();
  await session.enter(PASS, Promise.resolve(microphone));
  await settled();
  expect(room.packets).toEqual([]);
  expect(published).toHaveBeenCalledWith(microphone, { source: 'microphone' });
  expect(last('microphone')).toEqual({ type: 'microphone', microphone: 'on' });
});

test('a microphone that was refused is said, and a byte is sent', async () => {
  await session.enter(PASS, Promise.resolve<Microphone>('refused'));
  await settled();
  expect(last('microphone')).toEqual({ type: 'microphone', microphone: 'refused' });
  expect(room.packets).toEqual(['switchboard.arrived']);
});

test('a byte that cannot be sent is no problem', async () => {
  vi.spyOn(room.localParticipant, 'publishData').mockRejectedValue(new Error('no channel'));
  await session.enter(PASS, NOBODY);
  expect(types()).toEqual(['connected']);
});

test('without a wish for a microphone nothing is said of one', async () => {
  await session.enter(PASS, NOBODY);
  await settled();
  expect(last('microphone')).toBeUndefined();
});

test('a microphone that cannot be published is let go', async () => {
  await inCall();
  vi.spyOn(room.localParticipant, 'publishTrack').mockRejectedValue(new Error('no'));
  const microphone = track();
  await session.publish(Promise.resolve(microphone));
  expect(stop).toHaveBeenCalledOnce();
  expect(last('microphone')).toEqual({ type: 'microphone', microphone: 'unsupported' });
});

test('a microphone that comes after the caller left is let go, not published', async () => {
  await inCall();
  const published = vi.spyOn(room.localParticipant, 'publishTrack');
  const microphone = track();
  session.leave();
  await session.publish(Promise.resolve(microphone));
  expect(stop).toHaveBeenCalledOnce();
  expect(published).not.toHaveBeenCalled();
});

test.each([
  [true, 'muted'],
  [false, 'on'],
] as const)('a microphone can be muted and unmuted (muted: %s)', async (muted, microphone) => {
  const enabled = vi.spyOn(room.localParticipant, 'setMicrophoneEnabled');
  await session.mute(muted);
  expect(enabled).toHaveBeenCalledWith(!muted);
  expect(told).toEqual([{ type: 'microphone', microphone }]);
});

test('a microphone that cannot be switched says why', async () => {
  vi.spyOn(room.localParticipant, 'setMicrophoneEnabled').mockRejectedValue(Object.assign(new Error(''), { name: 'NotAllowedError' }));
  await session.mute(false);
  expect(told).toEqual([{ type: 'microphone', microphone: 'refused' }]);
});

test('a device that fails during the call is said', () => {
  room.emit(RoomEvent.MediaDevicesError, Object.assign(new Error(''), { name: 'NotFoundError' }));
  expect(told).toEqual([{ type: 'microphone', microphone: 'missing' }]);
});

test('typed words go to the agent alone, with a name, and are shown', async () => {
  await inCall();
  await session.say('Where is my order?');
  const id = outbox.lines[0]?.id;
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(room.sent).toEqual([{ text: 'Where is my order?', topic: 'lk.chat', to: ['agent-1'], id }]);
  const said = { id, who: 'caller', text: 'Where is my order?', final: true, typed: true };
  expect(last('said')).toEqual({ type: 'said', said });
});

test('typed words with no agent in sight are shown, and wait for one', async () => {
  await session.enter(PASS, NOBODY);
  room.joins('someone', ParticipantKind.STANDARD);
  await session.say('Hello?');
  expect(room.sent).toEqual([]);
  expect(last('said')).toMatchObject({ said: { text: 'Hello?' } });
  room.agentJoins(GREETER);
  expect(room.sent).toMatchObject([{ text: 'Hello?', to: ['agent-1'] }]);
});

test('who has come and does not have the caller yet is given nothing', async () => {
  outbox.put('Hello?');
  await session.enter(PASS, NOBODY);
  room.agentJoins({});
  expect(room.sent).toEqual([]);
  room.agentSets(GREETER);
  expect(room.sent).toMatchObject([{ text: 'Hello?', to: ['agent-1'] }]);
});

test('what was typed before is given to an agent who is there already', async () => {
  const { id } = outbox.put('Hello?');
  room.agentJoins(GREETER);
  room.sent.length = 0;
  await session.enter(PASS, NOBODY);
  expect(sentTo()).toEqual([['agent-1', id]]);
});

test('what no agent has taken is said again to the next one, once, in order and by its name', async () => {
  await inCall();
  await session.say('Where is my order?');
  await session.say('It is 10042.');
  const [first, second] = outbox.lines.map(({ id }) => id);
  room.agentLeaves();
  room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  room.joins('guest', ParticipantKind.STANDARD);
  await settled();
  const [before, after] = [sentTo().slice(0, 2), sentTo().slice(2)];
  expect(before).toEqual([['agent-1', first], ['agent-1', second]]);
  expect(after).toEqual([['agent-2', first], ['agent-2', second]]);
});

test('what an agent has taken is said to nobody again', async () => {
  await inCall();
  await session.say('Where is my order?');
  taken(outbox.lines[0]?.id);
  await settled();
  room.agentLeaves();
  room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  expect(room.sent).toHaveLength(1);
  expect(outbox.lines).toEqual([]);
});

test('what an agent who leaves has not taken goes to the one who stays', async () => {
  await inCall();
  room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  room.sent.length = 0;
  await session.say('Hello?');
  room.agentLeaves();
  expect(room.sent.map(({ to }) => to)).toEqual([['agent-1'], ['agent-2']]);
});

test.each([RoomEvent.Reconnecting, RoomEvent.SignalReconnecting] as const)('what is typed while %s is said when the connection is back', async (event) => {
  await inCall();
  await session.say('Hello?');
  room.emit(event as RoomEvent.Reconnecting);
  await session.say('Are you there?');
  expect(room.sent).toHaveLength(1);
  room.emit(RoomEvent.Reconnected);
  expect(room.sent.map(({ text }) => text)).toEqual(['Hello?', 'Hello?', 'Are you there?']);
});

test('words that could not be sent are not said later: the caller is told', async () => {
  await inCall();
  vi.spyOn(room.localParticipant, 'sendText').mockRejectedValueOnce(new Error('no channel'));
  await expect(session.say('Hello?')).rejects.toThrow('no channel');
  expect(outbox.lines).toEqual([]);
  expect(last('said')).toBeUndefined();
});

test('words that could not be sent again are kept for the next time', async () => {
  await inCall();
  await session.say('Hello?');
  const failing = vi.spyOn(room.localParticipant, 'sendText').mockRejectedValueOnce(new Error('no channel'));
  room.emit(RoomEvent.Reconnecting);
  room.emit(RoomEvent.Reconnected);
  await settled();
  expect(failing).toHaveBeenCalledOnce();
  expect(room.sent).toHaveLength(1);
  room.leaves(room.joins('agent-2', ParticipantKind.AGENT));
  expect(room.sent.map(({ to }) => to)).toEqual([['agent-1'], ['agent-1']]);
});

test('what is typed while the next agent is on the way waits for it', async () => {
  await inCall();
  room.event({ kind: 'moving', seq: 1 });
  await settled();
  await session.say('Hello?');
  await session.press('7');
  room.agentLeaves();
  await pass(9_000);
  expect(room.sent).toEqual([]);
  const next = room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  expect(room.sent.map(({ to }) => to)).toEqual([[next.identity]]);
  expect(room.pressed).toEqual([[7, '7']]);
  expect(ends).toEqual([]);
});

test('the next agent hears what is typed although the one before is still in sight', async () => {
  await inCall();
  room.event({ kind: 'moving', seq: 1 });
  await settled();
  const next = room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  await session.say('Hello?');
  expect(room.sent.map(({ to }) => to)).toEqual([[next.identity]]);
});

test('what is typed while nobody comes stays for whoever has the call later', async () => {
  await inCall();
  room.event({ kind: 'moving', seq: 1 });
  await settled();
  await session.say('Hello?');
  session.leave();
  room.joins('agent-2', ParticipantKind.AGENT, GREETER);
  expect(room.sent).toEqual([]);
  expect(outbox.lines).toMatchObject([{ text: 'Hello?' }]);
});

test('an agent who was there before the caller is met', async () => {
  room.agentJoins(GREETER);
  told.length = 0;
  await session.enter(PASS, NOBODY);
  expect(types()).toEqual(['connected', 'agent', 'agentState', 'answered']);
  await pass(60_000);
  expect(ends).toEqual([]);
});

test('somebody who is no agent is not met', async () => {
  await session.enter(PASS, NOBODY);
  room.joins('someone', ParticipantKind.STANDARD, GREETER);
  expect(types()).toEqual(['connected']);
});

test.each([
  ['initializing', false],
  ['listening', true],
  ['thinking', true],
  ['speaking', true],
])('an agent who is %s has answered: %s', async (state, answered) => {
  await session.enter(PASS, NOBODY);
  room.agentJoins({ 'lk.agent.state': state });
  expect(last('agentState')).toEqual({ type: 'agentState', state });
  expect(types().includes('answered')).toBe(answered);
  expect(last('agent')).toBeUndefined();
});

test('an agent of whom only the name is known has not answered', async () => {
  await session.enter(PASS, NOBODY);
  room.agentJoins({ 'switchboard.agent': 'greeter' });
  expect(told.slice(1)).toEqual([{ type: 'agent', agent: 'greeter' }]);
});

test('an agent who is heard has answered', async () => {
  await session.enter(PASS, NOBODY);
  room.agentJoins({});
  const subscribed = { isSubscribed: true };
  const voice = room.remoteParticipants.get('agent-1');
  voice?.trackPublications.set('other', { isSubscribed: false } as never);
  voice?.trackPublications.set('voice', subscribed as never);
  room.emit(RoomEvent.TrackSubscribed, {} as never, subscribed as never, voice as never);
  expect(types()).toContain('answered');
});

test('attributes that change are told', async () => {
  await inCall();
  room.agentSets({ 'switchboard.agent': 'support', 'lk.agent.state': 'speaking' });
  expect(last('agent')).toEqual({ type: 'agent', agent: 'support' });
  expect(last('agentState')).toEqual({ type: 'agentState', state: 'speaking' });
});

test('words are said by the agent that has the caller', async () => {
  await inCall();
  room.agentSays('s1', 'Hello.');
  await settled();
  expect(last('said')).toMatchObject({ said: { agent: 'greeter', text: 'Hello.', final: true } });
});

test('an event is told with its sender', async () => {
  await inCall();
  room.event({ kind: 'handoff', from: 'greeter', to: 'support', seq: 3 });
  await settled();
  expect(last('event')).toMatchObject({ event: { to: 'support', seq: 3 }, sender: 'agent-1' });
  await pass(60_000);
  expect(ends).toEqual([]);
});

test('a call that nobody takes ends', async () => {
  await session.enter(PASS, NOBODY);
  await pass(10_000);
  expect(ends).toEqual([{ kind: 'noAgent' }]);
});

test('an agent who leaves without a word is lost', async () => {
  await inCall();
  room.agentLeaves();
  await pass(2_000);
  expect(ends).toEqual([{ kind: 'agentLost' }]);
});

test('an agent who leaves while another is there is not missed, nor is somebody else', async () => {
  await inCall();
  const guest = room.joins('guest', ParticipantKind.STANDARD);
  room.joins('agent-2', ParticipantKind.AGENT);
  room.agentLeaves();
  room.leaves(guest);
  await pass(60_000);
  expect(ends).toEqual([]);
});

test('somebody else who leaves says nothing of the agent that is to come', async () => {
  await inCall();
  room.remoteParticipants.delete('agent-1');
  room.leaves(room.joins('guest', ParticipantKind.STANDARD));
  await pass(60_000);
  expect(ends).toEqual([]);
});

test('after a farewell the call ends by itself, as one that the line ended', async () => {
  await inCall();
  room.event({ kind: 'ended', reason: 'goodbye' });
  await pass(4_000);
  expect(ends).toEqual([undefined]);
  expect(room.state).toBe('disconnected');
});

test('a room that is closed ends the call, and a second time does not', async () => {
  await inCall();
  room.cut(DisconnectReason.SIGNAL_CLOSE);
  room.cut(DisconnectReason.ROOM_DELETED);
  expect(ends).toEqual([{ kind: 'connectionLost' }]);
});

test('a room that could not be entered ends by what connecting raises alone', async () => {
  room.refusal = new Error('no');
  await expect(session.enter(PASS, NOBODY)).rejects.toThrow('no');
  room.cut(DisconnectReason.SIGNAL_CLOSE);
  expect(ends).toEqual([]);
});

test('a caller who leaves is told nothing more, and leaves once', async () => {
  await inCall();
  const left = vi.spyOn(room, 'disconnect');
  session.leave();
  session.leave();
  told.length = 0;
  room.agentSets({ 'switchboard.agent': 'support' });
  room.cut(DisconnectReason.CLIENT_INITIATED);
  await pass(60_000);
  expect([told, ends]).toEqual([[], []]);
  expect(left).toHaveBeenCalledOnce();
});

test('a caller who speaks is told at the beginning of each time', () => {
  const { localParticipant: caller } = room;
  const other = room.joins('agent-1', ParticipantKind.AGENT);
  told.length = 0;
  for (const speakers of [[caller], [caller, other], [other], [other, caller], []]) {
    room.emit(RoomEvent.ActiveSpeakersChanged, speakers);
  }
  expect(types()).toEqual(['callerSpeaks', 'callerSpeaks']);
});

test.each([RoomEvent.Reconnecting, RoomEvent.SignalReconnecting] as const)('while %s no agent is missed', async (event) => {
  await inCall();
  room.emit(event as RoomEvent.Reconnecting);
  room.agentLeaves();
  await pass(60_000);
  expect(links()).toEqual(['lost']);
  expect(ends).toEqual([]);
});

test('a connection that is back is shown for four seconds', async () => {
  await inCall();
  room.emit(RoomEvent.Reconnecting);
  room.emit(RoomEvent.Reconnected);
  await pass(3_999);
  expect(links()).toEqual(['lost', 'restored']);
  await pass(1);
  expect(links()).toEqual(['lost', 'restored', 'fine']);
});

test('a connection that is lost again is not said to be fine meanwhile', async () => {
  await inCall();
  room.emit(RoomEvent.Reconnecting);
  room.emit(RoomEvent.Reconnected);
  await pass(2_000);
  room.emit(RoomEvent.Reconnecting);
  await pass(60_000);
  expect(links()).toEqual(['lost', 'restored', 'lost']);
});

test('an agent who is gone when the connection is back has its time to come', async () => {
  await inCall();
  room.emit(RoomEvent.Reconnecting);
  room.agentLeaves();
  room.emit(RoomEvent.Reconnected);
  await pass(9_999);
  expect(ends).toEqual([]);
  await pass(1);
  expect(ends).toEqual([{ kind: 'agentLost' }]);
});

test('an agent of whom nothing is heard any more makes the line quiet, but not while the connection is cut', async () => {
  await session.enter(PASS, NOBODY);
  room.agentJoins(GREETER);
  const stats = new Map([['in', { type: 'inbound-rtp', packetsReceived: 7 }]]);
  const voice = { isMuted: false, track: { getRTCStatsReport: () => Promise.resolve(stats) } };
  room.remoteParticipants.get('agent-1')?.audioTrackPublications.set('voice', voice as never);
  await pass(3_500);
  expect(links()).toEqual(['quiet']);
  room.emit(RoomEvent.Reconnecting);
  await pass(5_000);
  stats.set('in', { type: 'inbound-rtp', packetsReceived: 8 });
  await pass(1_000);
  expect(links()).toEqual(['quiet', 'lost']);
  room.emit(RoomEvent.Reconnected);
  await pass(500);
  expect(links()).toEqual(['quiet', 'lost', 'restored', 'fine']);
});

test('keys are sent as their tones', async () => {
  await inCall();
  await session.press('0');
  await session.press('#');
  expect(room.pressed).toEqual([
    [0, '0'],
    [11, '#'],
  ]);
});
