import { expect, test } from 'vitest';
import { initial, reduce, type Action, type CallState, type Words } from '../../../src/call/state';

const after = (...actions: Action[]): CallState => actions.reduce(reduce, initial(false));
const said = (id: string, who: 'caller' | 'agent', more: Partial<Words> = {}): Action => ({
  type: 'said',
  said: { id, who, text: id, final: true, ...more },
});
const order = (state: CallState) => state.entries.map((entry) => entry.id);
const callerSpeaks: Action = { type: 'callerSpeaks' };

test('the words of a caller stand before the answer that began meanwhile', () => {
  expect(order(after(said('a', 'agent'), callerSpeaks, said('b', 'agent'), said('c', 'caller')))).toEqual(['a', 'c', 'b']);
});

test('words without a beginning stand at the end', () => {
  expect(order(after(said('a', 'agent'), said('b', 'caller')))).toEqual(['a', 'b']);
});

test('a beginning is used once', () => {
  const state = after(callerSpeaks, said('a', 'caller'), said('b', 'agent'), said('c', 'caller'));
  expect(order(state)).toEqual(['a', 'b', 'c']);
});

test('a beginning that is two answers old is stale', () => {
  const state = after(callerSpeaks, said('a', 'agent'), said('b', 'agent'), said('c', 'caller'));
  expect(order(state)).toEqual(['a', 'b', 'c']);
});

test('typed words stand where they were typed', () => {
  expect(order(after(callerSpeaks, said('a', 'agent'), said('b', 'caller', { typed: true })))).toEqual(['a', 'b']);
});

test('a handoff tells who has the caller, whichever news comes first', () => {
  const handoff: Action = { type: 'event', event: { kind: 'handoff', from: 'greeter', to: 'support' }, sender: 'agent-1' };
  const attribute: Action = { type: 'agent', agent: 'support' };
  const greeter: Action = { type: 'agent', agent: 'greeter' };
  for (const news of [
    [handoff, attribute],
    [attribute, handoff],
  ]) {
    const state = after(greeter, ...news);
    expect(state.agent).toBe('support');
    expect(state.visited).toEqual(['greeter', 'support']);
    expect(order(state)).toEqual(['handoff-0']);
  }
});

test('a call that is continued keeps what was said', () => {
  const lost: Action = { type: 'lost', problem: { kind: 'agentLost' } };
  const state = after(said('a', 'agent'), lost, { type: 'called', continued: true, microphone: 'opening' });
  expect(state.phase).toBe('calling');
  expect(order(state)).toEqual(['a', 'resumed-1']);
});

test('a new call starts with an empty page', () => {
  const state = after(said('a', 'agent'), { type: 'called', continued: false, microphone: 'opening' });
  expect(state.entries).toEqual([]);
});

const handoff = (from: string, to: string, seq?: number, sender = 'agent-1'): Action => ({
  type: 'event',
  event: { kind: 'handoff', from, to, seq },
  sender,
});
const find = (seq: number): Action => ({
  type: 'event',
  event: { kind: 'tool_called', agent: 'support', tool: 'find_order', id: `t${seq}`, failed: false, seq },
  sender: 'agent-1',
});
const GREETER: Action = { type: 'agent', agent: 'greeter' };

test('a page before its first call has nothing to show', () => {
  expect(initial(true)).toEqual({
    phase: 'idle',
    resumable: true,
    agentState: 'connecting',
    visited: [],
    link: 'fine',
    microphone: 'off',
    entries: [],
    heard: {},
  });
});

test('an event that is sent again is shown once, and moves the caller nowhere', () => {
  const once = after(GREETER, handoff('greeter', 'support', 1), handoff('support', 'greeter', 2));
  expect(reduce(once, handoff('greeter', 'support', 1))).toBe(once);
  expect(once.agent).toBe('greeter');
});

test('events without numbers are all shown', () => {
  expect(order(after(handoff('greeter', 'support'), handoff('support', 'greeter')))).toEqual(['handoff-0', 'handoff-1']);
});

test('another sender, as after a worker died, counts from one again', () => {
  const state = after(GREETER, handoff('greeter', 'support', 1), handoff('support', 'escalation', 1, 'agent-2'));
  expect(state.visited).toEqual(['greeter', 'support', 'escalation']);
  expect(state.heard).toEqual({ 'agent-1': [1], 'agent-2': [1] });
});

test('a handoff that comes late stands in its place, and the caller stays where they are now', () => {
  const state = after(GREETER, handoff('support', 'escalation', 3), find(4), handoff('greeter', 'support', 2));
  expect(state.agent).toBe('escalation');
  expect(state.visited).toEqual(['greeter', 'support', 'escalation']);
  expect(order(state)).toEqual(['handoff-agent-1-2', 'handoff-agent-1-3', 't4']);
});

test('a late handoff that the attributes told already adds no visit', () => {
  const support: Action = { type: 'agent', agent: 'support' };
  const state = after(GREETER, support, handoff('support', 'escalation', 3), handoff('greeter', 'support', 2));
  expect(state.visited).toEqual(['greeter', 'support', 'escalation']);
});

test('a handoff that comes after a later tool still moves the caller', () => {
  const state = after(GREETER, find(4), handoff('greeter', 'support', 3));
  expect(state.agent).toBe('support');
  expect(order(state)).toEqual(['handoff-agent-1-3', 't4']);
});

test('a call that is continued knows what it has heard; a new one does not', () => {
  const heard = after(handoff('greeter', 'support', 1));
  const called = (continued: boolean): Action => ({ type: 'called', continued, microphone: 'opening' });
  expect(reduce(heard, called(true)).heard).toEqual({ 'agent-1': [1] });
  expect(reduce(heard, called(false)).heard).toEqual({});
});

test('a person who is called is shown, and why the call ends is kept', () => {
  const person: Action = { type: 'event', event: { kind: 'person', person: 'shop_desk', state: 'called' }, sender: 'agent-1' };
  const ended: Action = { type: 'event', event: { kind: 'ended', reason: 'silence' }, sender: 'agent-1' };
  const state = after(person, ended);
  expect(state.entries).toMatchObject([{ kind: 'person', outcome: 'running' }]);
  expect(state.ended).toBe('silence');
});

test('an answer makes a call live that waits for it, and no other', () => {
  const connected: Action = { type: 'connected', at: 1000 };
  const answered: Action = { type: 'answered' };
  expect(after(connected)).toMatchObject({ phase: 'waiting', startedAt: 1000 });
  expect(after(connected, answered).phase).toBe('live');
  expect(after(answered).phase).toBe('idle');
});

test('a call that is continued goes on from its first second, with its agent', () => {
  const lost: Action = { type: 'lost', problem: { kind: 'agentLost' } };
  const state = after({ type: 'connected', at: 1000 }, GREETER, { type: 'link', link: 'quiet' }, lost, {
    type: 'called',
    continued: true,
    microphone: 'opening',
  });
  expect(state).toMatchObject({ agent: 'greeter', visited: ['greeter'], link: 'fine', microphone: 'opening', resumable: false });
  expect(state.problem).toBeUndefined();
  expect(state.entries).toEqual([{ kind: 'resumed', id: 'resumed-0' }]);
  expect(reduce(state, { type: 'connected', at: 5000 }).startedAt).toBe(1000);
});

test('what happens to a call is shown as it is told', () => {
  expect(after({ type: 'agentState', state: 'thinking' }).agentState).toBe('thinking');
  expect(after({ type: 'link', link: 'lost' }).link).toBe('lost');
  expect(after({ type: 'microphone', microphone: 'muted' }).microphone).toBe('muted');
});

test('a call that failed leaves an empty page, with the problem', () => {
  const failed: Action = { type: 'failed', problem: { kind: 'busy' }, resumable: true };
  expect(after(said('a', 'agent'), failed)).toEqual({ ...initial(true), problem: { kind: 'busy' } });
});

test.each([
  [{ type: 'lost', problem: { kind: 'agentLost' } }, { phase: 'lost', problem: { kind: 'agentLost' } }],
  [{ type: 'over', reason: 'you', at: 9000 }, { phase: 'over', ended: 'you', endedAt: 9000, resumable: false }],
] as [Action, object][])('a call that is cut off or over is at rest: $type', (action, end) => {
  const busy = after({ type: 'microphone', microphone: 'on' }, { type: 'link', link: 'quiet' }, said('a', 'agent', { final: false }), find(1));
  const state = reduce({ ...busy, resumable: true }, action);
  expect(state).toMatchObject({ ...end, microphone: 'off', link: 'fine' });
  expect(state.entries).toMatchObject([{ id: 'a', final: true }]);
});

test('the words of a caller that grow stay in their place, and use no beginning up', () => {
  const state = after(said('a', 'caller'), said('b', 'agent'), callerSpeaks, said('a', 'caller', { text: 'more' }));
  expect(order(state)).toEqual(['a', 'b']);
  expect(state.anchor).toBe(2);
});

test('typed words use no beginning up', () => {
  expect(after(callerSpeaks, said('a', 'caller', { typed: true })).anchor).toBe(0);
  expect(after(callerSpeaks, said('a', 'agent')).anchor).toBe(0);
});

test('the answer that may have begun is one of words: steps and the caller do not count', () => {
  const state = after(callerSpeaks, find(1), find(2), said('a', 'agent'), said('typed', 'caller', { typed: true }), said('b', 'caller'));
  expect(order(state)).toEqual(['b', 't1', 't2', 'a', 'typed']);
});
