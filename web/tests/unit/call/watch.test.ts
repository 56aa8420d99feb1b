import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watch } from '../../../src/call/watch';

const PATIENCE = { answer: 100, absence: 20, farewell: 40 };
const watched = { noAgent: vi.fn(), agentLost: vi.fn(), ended: vi.fn() };
const counts = () => Object.values(watched).map((told) => told.mock.calls.length);

beforeEach(() => {
  vi.useFakeTimers();
  for (const told of Object.values(watched)) told.mockClear();
});
afterEach(() => vi.useRealTimers());

test('nobody picks up', () => {
  new Watch(watched, PATIENCE).connected(false);
  vi.advanceTimersByTime(99);
  expect(counts()).toEqual([0, 0, 0]);
  vi.advanceTimersByTime(1);
  expect(counts()).toEqual([1, 0, 0]);
});

test('an agent who comes in time and stays is fine', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(false);
  watch.arrived();
  vi.advanceTimersByTime(1000);
  expect(counts()).toEqual([0, 0, 0]);
});

test('an agent who leaves without a word is lost', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.left();
  vi.advanceTimersByTime(20);
  expect(counts()).toEqual([0, 1, 0]);
});

test('an agent who leaves because another one comes is waited for longer, once', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.moves();
  watch.left();
  vi.advanceTimersByTime(99);
  expect(counts()).toEqual([0, 0, 0]);
  watch.arrived();
  watch.left();
  vi.advanceTimersByTime(20);
  expect(counts()).toEqual([0, 1, 0]);
});

test('an agent who leaves and is followed by nobody is lost', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.moves();
  watch.left();
  vi.advanceTimersByTime(100);
  expect(counts()).toEqual([0, 1, 0]);
});

test('an agent who leaves after the farewell has ended the call', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.farewell();
  watch.left();
  expect(counts()).toEqual([0, 0, 1]);
});

test('a farewell that no room follows ends the call all the same', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.farewell();
  vi.advanceTimersByTime(40);
  expect(counts()).toEqual([0, 0, 1]);
});

test('while the own connection is cut, an agent who is not seen is not lost', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.cut();
  watch.left();
  vi.advanceTimersByTime(1000);
  watch.connected(false);
  vi.advanceTimersByTime(99);
  expect(counts()).toEqual([0, 0, 0]);
  vi.advanceTimersByTime(1);
  expect(counts()).toEqual([0, 1, 0]);
});

test('an agent who comes back in time is not lost', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.left();
  vi.advanceTimersByTime(19);
  watch.arrived();
  vi.advanceTimersByTime(1000);
  expect(counts()).toEqual([0, 0, 0]);
});

test('an agent who leaves before one was seen is not lost: one may still come', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(false);
  watch.left();
  vi.advanceTimersByTime(100);
  expect(counts()).toEqual([1, 0, 0]);
});

test('after the farewell an agent who is still there does not keep the call', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.farewell();
  watch.arrived();
  vi.advanceTimersByTime(40);
  expect(counts()).toEqual([0, 0, 1]);
});

test('a farewell that is sent again gives no more time', () => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.farewell();
  vi.advanceTimersByTime(39);
  watch.farewell();
  vi.advanceTimersByTime(1);
  expect(counts()).toEqual([0, 0, 1]);
});

test.each([true, false])('a connection that is back after the farewell ends all the same (agent there: %s)', (agentThere) => {
  const watch = new Watch(watched, PATIENCE);
  watch.connected(true);
  watch.farewell();
  watch.cut();
  vi.advanceTimersByTime(1000);
  expect(counts()).toEqual([0, 0, 0]);
  watch.connected(agentThere);
  vi.advanceTimersByTime(40);
  expect(counts()).toEqual([0, 0, 1]);
});

test('a caller waits two seconds for an agent who is gone, ten for one to come, and four for the end', () => {
  const watch = new Watch(watched);
  watch.connected(false);
  vi.advanceTimersByTime(9_999);
  expect(counts()).toEqual([0, 0, 0]);
  watch.arrived();
  watch.left();
  vi.advanceTimersByTime(1_999);
  expect(counts()).toEqual([0, 0, 0]);
  vi.advanceTimersByTime(1);
  expect(counts()).toEqual([0, 1, 0]);
  watch.farewell();
  vi.advanceTimersByTime(3_999);
  expect(counts()).toEqual([0, 1, 0]);
  vi.advanceTimersByTime(1);
  expect(counts()).toEqual([0, 1, 1]);
});
