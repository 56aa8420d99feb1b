import { expect, test } from 'vitest';
import { initial, reduce, type Action, type CallState, type Words } from '../../src/call/state';

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
