import { expect, test } from 'vitest';
import { boardOf, callersOf, running, withTile, without, type Board } from '../../../src/operate/now/board';
import { now, OVER, tile } from './made';

const ids = ({ places }: Board) => places.map((one) => one?.id ?? null);
const many = (count: number) => Array.from({ length: count }, (_none, index) => tile(`c${String(index).padStart(2, '0')}`));

test('the oldest call comes first', () => {
  const late = tile('late', { started_at: '2026-11-27T19:02:00Z' });
  expect(ids(boardOf(now([late, tile('early')])))).toEqual(['early', 'late']);
});

test('a call that leaves moves none of the others, and the next one takes its place', () => {
  const board = without(boardOf(now([tile('a'), tile('b'), tile('c')])), 'b');
  expect(ids(board)).toEqual(['a', null, 'c']);
  expect(ids(withTile(board, tile('d')))).toEqual(['a', 'd', 'c']);
});

test('empty places at the end are no places', () => {
  expect(ids(without(boardOf(now([tile('a'), tile('b')])), 'b'))).toEqual(['a']);
});

test('a call that is over keeps its place until it is taken away, and does not count as running', () => {
  const board = withTile(boardOf(now([tile('a'), tile('b')])), tile('a', OVER));
  expect(ids(board)).toEqual(['a', 'b']);
  expect(running(board).map(({ id }) => id)).toEqual(['b']);
});

test('a call that was over before it was seen is not shown', () => {
  expect(ids(withTile(boardOf(now([])), tile('a', OVER)))).toEqual([]);
  expect(ids(boardOf(now([tile('a', OVER)])))).toEqual([]);
});

test('news that come late do not take back what is newer', () => {
  const board = withTile(boardOf(now([tile('a', { seq: 5, doing: 'speaking' })])), tile('a', { seq: 4 }));
  expect(board.places[0]?.doing).toBe('speaking');
});

test('news without a new event are taken: a call is lost when nothing more comes of it', () => {
  const board = withTile(boardOf(now([tile('a', { seq: 5 })])), tile('a', { seq: 5, doing: 'lost' }));
  expect(board.places[0]?.doing).toBe('lost');
});

test('after a reconnect calls are where they were, those that ended meanwhile are gone, and new ones take free places', () => {
  const before = boardOf(now([tile('a'), tile('b'), tile('c')]));
  const after = boardOf(now([tile('c', { doing: 'speaking' }), tile('d'), tile('b')]), before);
  expect(ids(after)).toEqual(['d', 'b', 'c']);
  expect(after.places[2]?.doing).toBe('speaking');
});

test('after a rush calls far down move up: among twelve places, or at most half of them empty', () => {
  let board = boardOf(now(many(40)));
  for (const { id } of many(25)) board = without(board, id);
  expect(board.places).toHaveLength(30);
  for (const { id } of many(39).slice(25)) board = without(board, id);
  expect(ids(board).indexOf('c39')).toBeLessThan(12);
  expect(running(board)).toHaveLength(1);
});

test('tiles are small from thirteen calls on, and large again with eight', () => {
  let board = boardOf(now(many(12)));
  expect(board.dense).toBe(false);
  board = withTile(board, tile('one more'));
  expect(board.dense).toBe(true);
  for (const id of ['one more', 'c11', 'c10', 'c09']) board = without(board, id);
  expect(board.dense).toBe(true);
  expect(without(board, 'c08').dense).toBe(false);
});

test('each agent has the callers that are with it, of its own line only', () => {
  const other = tile('d', { line: 'another-line' });
  const board = boardOf(now([tile('a'), tile('b', { agent: 'support' }), tile('c'), other, tile('e', { agent: null })]));
  expect([...callersOf(board, 'support-line')].sort()).toEqual([
    ['greeter', 2],
    ['support', 1],
  ]);
  const fewer = withTile(board, tile('a', OVER));
  expect(callersOf(fewer, 'support-line').get('greeter')).toBe(1);
});

test('a handoff is a move of its line, the last one of it', () => {
  let board = boardOf(now([tile('a'), tile('b', { line: 'another-line' })]));
  board = withTile(board, tile('a', { seq: 2, agent: 'support' }));
  board = withTile(board, tile('b', { seq: 2, line: 'another-line', agent: 'billing' }));
  board = withTile(board, tile('a', { seq: 3, agent: 'escalation' }));
  board = withTile(board, tile('a', { seq: 4, agent: 'escalation', doing: 'speaking' }));
  expect(board.moves.map(({ line, from, to }) => [line, from, to])).toEqual([
    ['another-line', 'greeter', 'billing'],
    ['support-line', 'support', 'escalation'],
  ]);
});

test('the first agent of a call is no move', () => {
  const board = withTile(boardOf(now([tile('a', { agent: null })])), tile('a', { seq: 2 }));
  expect(board.moves).toEqual([]);
});
