import { expect, test } from 'vitest';
import type { Entry, PersonCall, ToolRun } from '../../../src/call/conversation';
import { stepsOf } from '../../../src/call/steps';

let made = 0;
const id = () => `entry-${(made += 1)}`;
const tool = (name: string, outcome: ToolRun['outcome'] = 'done'): Entry => ({ kind: 'tool', id: id(), tool: name, outcome });
const person = (name: string, outcome: PersonCall['outcome']): Entry => ({ kind: 'person', id: id(), person: name, outcome });
const handoff = (to: string): Entry => ({ kind: 'handoff', id: id(), to });
const resumed = (): Entry => ({ kind: 'resumed', id: id() });
const said = (text: string): Entry => ({ kind: 'said', id: id(), who: 'agent', text, final: true });
const shown = (...entries: Entry[]) =>
  stepsOf(entries).map(({ entry, times }) => [entry.kind, 'outcome' in entry ? entry.outcome : undefined, times]);

test('a tool that is called eight times in a row is one step, in the place of the first', () => {
  const runs = Array.from({ length: 8 }, () => tool('write_briefing'));
  expect(stepsOf([said('Hello.'), ...runs, said('Done.')])).toMatchObject([
    { entry: { kind: 'said' }, times: 1 },
    { entry: { id: runs[0]?.id, tool: 'write_briefing' }, times: 8 },
    { entry: { kind: 'said' }, times: 1 },
  ]);
});

test('other tools, and other people, are other steps', () => {
  expect(shown(tool('find_order'), tool('open_ticket'), tool('find_order'))).toHaveLength(3);
  expect(shown(person('shop_desk', 'failed'), person('manager', 'failed'))).toHaveLength(2);
  expect(shown(tool('find_order'), person('find_order', 'done'), tool('find_order'))).toHaveLength(3);
});

test('a handoff, or a word, keeps equal steps apart', () => {
  expect(shown(tool('find_order'), handoff('support'), tool('find_order'))).toHaveLength(3);
  expect(shown(tool('find_order'), said('One moment.'), tool('find_order'))).toHaveLength(3);
  expect(shown(tool('find_order'), resumed(), tool('find_order'))).toHaveLength(3);
});

test.each([
  ['the last', [tool('find_order'), tool('find_order', 'running')]],
  ['the first', [tool('find_order', 'running'), tool('find_order')]],
])('a step runs while one of its runs does: %s', (_which, entries) => {
  expect(shown(...entries)).toEqual([['tool', 'running', 2]]);
});

test('what failed stays beside what worked, and beside what is tried again', () => {
  expect(shown(tool('verify_caller', 'failed'), tool('verify_caller', 'failed'), tool('verify_caller'))).toEqual([
    ['tool', 'failed', 2],
    ['tool', 'done', 1],
  ]);
  expect(shown(tool('verify_caller', 'failed'), tool('verify_caller', 'running'))).toHaveLength(2);
  expect(shown(person('shop_desk', 'failed'), person('shop_desk', 'running'))).toHaveLength(2);
});

test('a person who is called in vain twice is one step', () => {
  expect(shown(person('shop_desk', 'failed'), person('shop_desk', 'failed'))).toEqual([['person', 'failed', 2]]);
});

test('a caller who came back twice came back; a caller who was handed on twice was with two agents', () => {
  expect(shown(resumed(), resumed())).toEqual([['resumed', undefined, 2]]);
  expect(shown(handoff('support'), handoff('support'))).toEqual([['handoff', undefined, 2]]);
  expect(shown(handoff('support'), handoff('greeter'))).toHaveLength(2);
});

test('equal words are said as often as they were said', () => {
  expect(shown(said('Hello?'), said('Hello?'))).toHaveLength(2);
});

test('the conversation itself is left as it is', () => {
  const entries = [tool('find_order'), tool('find_order', 'running')];
  stepsOf(entries);
  expect(entries).toMatchObject([{ outcome: 'done' }, { outcome: 'running' }]);
});
