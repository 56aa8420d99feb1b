import { expect, test } from 'vitest';
import { settled, withHandoff, withPerson, withSaid, withTool, type Entry, type Said } from '../../src/call/conversation';

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
