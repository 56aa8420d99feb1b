/** What the page hears of a room: every word and event, once. */
import { ParticipantKind } from 'livekit-client';
import { beforeEach, expect, test } from 'vitest';
import type { LineEvent } from '../../../src/call/events';
import { initial, reduce, type CallState, type Words } from '../../../src/call/state';
import { listenToStreams } from '../../../src/call/streams';
import { FakeRoom } from '../../fixture/fakeRoom';

const FIND = { kind: 'tool_called', agent: 'support', tool: 'find_order', id: 'a', failed: false };
let room: FakeRoom;
let words: Words[];
let events: LineEvent[];
let speaker: string | undefined;
let state: CallState;

beforeEach(() => {
  [room, words, events, speaker, state] = [new FakeRoom(), [], [], 'greeter', initial(false)];
  listenToStreams(room, {
    said: (said) => {
      words.push(said);
      state = reduce(state, { type: 'said', said });
    },
    event: (event) => events.push(event),
    agent: () => speaker,
  });
});

const heard = () => new Promise((resolve) => setTimeout(resolve));
const shown = () => state.entries.map((entry) => (entry.kind === 'said' ? [entry.text, entry.final] : []));

test('what an agent says is shown as it grows, and is final at its end', async () => {
  room.stream('lk.transcription', 'agent-1', ['Hello, ', 'and welcome.'], { 'lk.segment_id': 's1' });
  await heard();
  const said = { id: 's1', who: 'agent', agent: 'greeter' };
  expect(words).toEqual([
    { ...said, text: 'Hello, ', final: false },
    { ...said, text: 'Hello, and welcome.', final: false },
    { ...said, text: 'Hello, and welcome.', final: true },
  ]);
});

test('a stream without a segment is one of its own', async () => {
  room.stream('lk.transcription', 'agent-1', ['Hello.']);
  room.stream('lk.transcription', 'agent-1', ['Goodbye.']);
  await heard();
  expect(shown()).toEqual([
    ['Hello.', true],
    ['Goodbye.', true],
  ]);
});

test('a sentence that the connection cut stands as far as it was heard', async () => {
  room.stream('lk.transcription', 'agent-1', ['Hello, and'], { 'lk.segment_id': 's1' }, 'cut');
  await heard();
  expect(shown()).toEqual([['Hello, and', true]]);
});

test('a sentence that is sent again after a cut is shown once, and never shrinks', async () => {
  room.stream('lk.transcription', 'agent-1', ['Hello, and'], { 'lk.segment_id': 's1' }, 'cut');
  await heard();
  room.stream('lk.transcription', 'agent-1', ['Hello', ', and welcome.'], { 'lk.segment_id': 's1' }, 'open');
  await heard();
  expect(shown()).toEqual([['Hello, and welcome.', false]]);
  expect(words.map(({ text }) => text)).toContain('Hello');
});

test('a speaker who is not known yet is named once they are', async () => {
  speaker = undefined;
  const stream = room.stream('lk.transcription', 'agent-1', ['Hello'], { 'lk.segment_id': 's1' }, 'open');
  await heard();
  speaker = 'greeter';
  stream.write(', and welcome.');
  await heard();
  speaker = 'support';
  stream.write(' Bye.');
  await heard();
  expect(words.map(({ agent }) => agent)).toEqual([undefined, 'greeter', 'greeter']);
});

test('the guesses at what the caller says follow each other, and the final one stays', async () => {
  room.callerSaid('c1', 'Where is', false);
  await heard();
  room.callerSaid('c1', 'Where is my order?');
  await heard();
  room.callerSaid('c1', 'Where is my', false);
  await heard();
  expect(words[0]).toEqual({ id: 'c1', who: 'caller', text: 'Where is', final: false });
  expect(shown()).toEqual([['Where is my order?', true]]);
});

test('a guess that the connection cut says nothing', async () => {
  const attributes = { 'lk.segment_id': 'c1', 'lk.transcription_final': 'true' };
  room.stream('lk.transcription', 'caller-1', ['Where'], attributes, 'cut');
  await heard();
  expect(words).toEqual([]);
});

test('an event that comes before its sender is known waits for them', async () => {
  room.event({ ...FIND, id: 'a' });
  room.event({ ...FIND, id: 'b' });
  await heard();
  expect(events).toEqual([]);
  room.agentJoins({});
  expect(events).toMatchObject([{ id: 'a' }, { id: 'b' }]);
  room.agentJoins({});
  expect(events).toHaveLength(2);
});

test('an event of somebody who turns out to be no agent is not believed', async () => {
  room.event(FIND);
  await heard();
  room.joins('agent-1', ParticipantKind.STANDARD);
  await heard();
  expect(events).toEqual([]);
});

test('somebody who joins does not bring the events of another', async () => {
  room.event(FIND);
  await heard();
  room.joins('agent-2', ParticipantKind.AGENT);
  expect(events).toEqual([]);
});

test('what is no event, and an event that was cut, say nothing', async () => {
  room.agentJoins({});
  room.stream('switchboard.events', 'agent-1', ['{"kind":"weather"}']);
  room.stream('switchboard.events', 'agent-1', [JSON.stringify(FIND)], {}, 'cut');
  await heard();
  expect(events).toEqual([]);
});
