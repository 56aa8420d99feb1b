/** @vitest-environment jsdom */
import { beforeEach, expect, test } from 'vitest';
import { Outbox, typed } from '../../../src/call/outbox';

beforeEach(() => sessionStorage.clear());

test('lines are kept in order until they are dropped, each with a name of its own', () => {
  const outbox = new Outbox(typed);
  const [first, second] = [outbox.put('Hello?'), outbox.put('Hello?')];
  expect(outbox.lines).toEqual([first, second]);
  expect(first.id).not.toBe(second.id);
  outbox.drop(first.id);
  outbox.drop('somebody else');
  expect(outbox.lines).toEqual([second]);
});

test('what nobody has taken outlives a reload, and nothing else does', () => {
  const before = new Outbox(typed);
  before.drop(before.put('Hello?').id);
  expect(sessionStorage.length).toBe(0);
  const line = before.put('Where is my order?');
  const after = new Outbox(typed);
  expect(after.lines).toEqual([line]);
  after.clear();
  expect(after.lines).toEqual([]);
  expect(sessionStorage.length).toBe(0);
});
