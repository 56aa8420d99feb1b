import { expect, test } from 'vitest';
import { isPast, settled, withHandoff, withPerson, withSaid, withTool, type Entry, type Origin, type Said } from '../../../src/call/conversation';

const said = (id: string, text: string, more: Partial<Said> = {}): Said => ({
  kind: 'said',
  id,
  who: 'agent',
  text,
  final: false,
  ...more,
});
const tool = (kind: 'tool_called' | 'tool_returned', name: string, failed = false) =>
  ({ kind, tool: name, agent: 'support', id: 't1', failed }) as const;

test('a sentence grows in its place', () => {
  const list = withSaid(withSaid([], said('1', 'Hel')), said('1', 'Hello', { final: true }));
  expect(list).toEqual([said('1', 'Hello', { final: true })]);
});

test('a sentence without words is not shown', () => {
  expect(withSaid([], said('1', ' '))).toEqual([]);
});

test('an empty end keeps the words', () => {
  const list = withSaid([said('1', 'Hello')], said('1', '', { final: true }));
  expect(list).toEqual([said('1', 'Hello', { final: true })]);
});

test.each([
  [false, 'done'],
  [true, 'failed'],
])('a tool that returned (failed: %s) is %s', (failed, outcome) => {
  const list = withTool(withTool([], tool('tool_called', 'find_order')), tool('tool_returned', 'find_order', failed));
  expect(list).toEqual([{ kind: 'tool', id: 't1', tool: 'find_order', outcome }]);
});

test.each(['transfer_to_support', 'end_call'])('%s is not shown as a tool', (name) => {
  expect(withTool([], tool('tool_called', name))).toEqual([]);
});

test('a call that is over has nothing running and nothing half said', () => {
  const list: Entry[] = withTool([said('1', 'Hello')], tool('tool_called', 'find_order'));
  expect(settled(list)).toEqual([said('1', 'Hello', { final: true })]);
});

const called = { kind: 'person', person: 'shop_desk', state: 'called' } as const;
const outcome = (list: Entry[]) => list.find((entry) => entry.kind === 'person')?.outcome;

test('a person who takes the caller has been reached', () => {
  const list = withHandoff(withPerson([], called), 'shop_desk');
  expect(outcome(list)).toBe('done');
  expect(list.at(-1)).toMatchObject({ kind: 'handoff', to: 'shop_desk' });
});

test('a person none of whose phones was answered has not', () => {
  expect(outcome(withPerson(withPerson([], called), { ...called, state: 'unreached' }))).toBe('failed');
});

const origin = (seq: number, sender = 'agent-1'): Origin => ({ sender, seq });
const ids = (list: Entry[]) => list.map(({ id }) => id);

test('a sentence is known by its id, whatever else has that id', () => {
  const list = withSaid(withTool([], tool('tool_called', 'find_order')), said('t1', 'Hello'));
  expect(list).toHaveLength(2);
  expect(withTool([said('t1', 'Hello')], tool('tool_called', 'find_order'))).toHaveLength(2);
});

test('the second of two sentences grows in its place', () => {
  const list = withSaid([said('1', 'Hello'), said('2', 'I')], said('2', 'I am'));
  expect(list).toEqual([said('1', 'Hello'), said('2', 'I am')]);
});

test('a sentence stands at its place, and at the end without one', () => {
  expect(ids(withSaid([said('1', 'a'), said('2', 'b')], said('3', 'c'), 1))).toEqual(['1', '3', '2']);
  expect(ids(withSaid([said('1', 'a'), said('2', 'b')], said('3', 'c')))).toEqual(['1', '2', '3']);
});

test('a sentence that comes again keeps what is shown until it says more', () => {
  const list = [said('1', 'Hello, and', { final: true })];
  expect(withSaid(list, said('1', 'Hello'))).toEqual([said('1', 'Hello, and')]);
  expect(withSaid(list, said('1', 'Hello, and welcome'))).toEqual([said('1', 'Hello, and welcome')]);
  expect(withSaid(list, said('1', 'Goodbye'))).toEqual([said('1', 'Goodbye')]);
});

test('a guess at the words of a caller may be shorter, and the final one stays', () => {
  const caller = (text: string, final: boolean) => said('1', text, { who: 'caller', final });
  expect(withSaid([caller('Where is my', false)], caller('Where', false))).toEqual([caller('Where', false)]);
  expect(withSaid([caller('Where', true)], caller('Where is my', false))).toEqual([caller('Where', true)]);
  expect(withSaid([caller('Where', true)], caller('Where is it', true))).toEqual([caller('Where is it', true)]);
});

test('a tool whose call comes after its result has returned', () => {
  const list = withTool(withTool([], tool('tool_returned', 'find_order')), tool('tool_called', 'find_order'));
  expect(list).toMatchObject([{ outcome: 'done' }]);
});

test('of two tools that run, the one that returned has', () => {
  const other = { ...tool('tool_called', 'open_ticket'), id: 't2' };
  const list = withTool(withTool(withTool([], tool('tool_called', 'find_order')), other), tool('tool_returned', 'find_order'));
  expect(list).toMatchObject([
    { id: 't1', outcome: 'done' },
    { id: 't2', outcome: 'running' },
  ]);
});

test.each(['transfer_to_', 'my_transfer_to_support', 'end_call_now', 'weekend_call'])('%s is shown: it only looks like a way on', (name) => {
  expect(withTool([], tool('tool_called', name))).toHaveLength(1);
});

test('an event that comes late stands before what its sender told later, and after what others told', () => {
  const list = withHandoff(withHandoff([said('1', 'a')], 'support', origin(2)), 'escalation', origin(9, 'agent-0'));
  expect(ids(withTool(list, tool('tool_called', 'find_order'), origin(1)))).toEqual(['1', 't1', 'handoff-agent-1-2', 'handoff-agent-0-9']);
  expect(ids(withTool(list, tool('tool_called', 'find_order'), origin(2)))).toEqual(['1', 'handoff-agent-1-2', 'handoff-agent-0-9', 't1']);
  expect(ids(withTool(list, tool('tool_called', 'find_order'))).at(-1)).toBe('t1');
});

test('a handoff is past when a later one of its sender is shown', () => {
  const list = withTool(withHandoff([], 'support', origin(3)), tool('tool_called', 'find_order'), origin(5));
  expect([2, 3, 4].map((seq) => isPast(list, origin(seq)))).toEqual([true, false, false]);
  expect(isPast(list, origin(2, 'agent-0'))).toBe(false);
  expect(isPast(list, undefined)).toBe(false);
  expect(isPast(withHandoff([], 'support'), origin(1))).toBe(false);
});

test('steps without a number have ids of their own all the same', () => {
  const list = withPerson(withHandoff(withHandoff([], 'a'), 'b'), called);
  expect(ids(list)).toEqual(['handoff-0', 'handoff-1', 'person-2']);
  expect(ids(withPerson([], called, origin(4)))).toEqual(['person-agent-1-4']);
});

test('a person is being called until it is known what came of it', () => {
  expect(withPerson([], called, origin(4))).toEqual([
    { kind: 'person', id: 'person-agent-1-4', person: 'shop_desk', outcome: 'running', origin: origin(4) },
  ]);
});

test('only the call to the person who answered, or did not, has ended', () => {
  const both = withPerson(withPerson([], called), { ...called, person: 'manager' });
  expect(withHandoff(both, 'manager')).toMatchObject([{ outcome: 'running' }, { outcome: 'done' }, { kind: 'handoff' }]);
  expect(withPerson(both, { ...called, state: 'unreached' })).toMatchObject([{ outcome: 'failed' }, { outcome: 'running' }]);
});

test('a person who was tried before has not been reached a second time', () => {
  const unreached = { ...called, state: 'unreached' } as const;
  const list = withPerson(withPerson(withPerson([], called), unreached), called);
  expect(list).toMatchObject([{ outcome: 'failed' }, { outcome: 'running' }]);
  expect(withHandoff(list, 'shop_desk')).toMatchObject([{ outcome: 'failed' }, { outcome: 'done' }, { kind: 'handoff' }]);
});

test('of a person whose call was never shown it is said that they were not reached', () => {
  const list = withTool([], { ...tool('tool_called', 'find_order'), tool: 'shop_desk' });
  const unreached = withPerson(list, { ...called, state: 'unreached' }, origin(5));
  expect(unreached).toMatchObject([{ kind: 'tool', outcome: 'running' }, { kind: 'person', outcome: 'failed' }]);
  expect(withPerson(unreached, called, origin(4))).toEqual(unreached);
  expect(withPerson(unreached, { ...called, person: 'manager' }, origin(4))).toHaveLength(3);
  expect(withPerson(unreached, called, origin(6))).toHaveLength(3);
});

test('a call to a person that comes after they took the caller is no news', () => {
  const list = withHandoff([], 'shop_desk', origin(5));
  expect(withPerson(list, called, origin(4))).toEqual(list);
});

test('a call that is over keeps what was done', () => {
  const list = withTool(withHandoff([], 'support'), tool('tool_returned', 'find_order', true));
  expect(settled(withPerson(list, called))).toEqual(list);
});
