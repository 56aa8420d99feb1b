import { expect, test } from 'vitest';
import { joins, layout } from '../../../src/call/graph';
import type { Line } from '../../../src/call/line';

const line = (start: string, ...edges: [string, string][]): Line => ({
  name: 'a-line',
  start,
  agents: [...new Set(edges.flat())].map((name) => ({ name, voice: 'native' })),
  edges: edges.map(([from, to]) => ({ from, to, announced: false })),
});

test('agents stand in rows by their distance from the first', () => {
  const { nodes, rows } = layout(line('a', ['a', 'b'], ['a', 'c'], ['b', 'c'], ['c', 'd']));
  expect(rows).toBe(3);
  expect(nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  expect(nodes.map(({ y }) => Math.round(y))).toEqual([17, 50, 50, 83]);
  expect(nodes.map(({ x }) => x)).toEqual([50, 25, 75, 50]);
});

test('two agents that hand to each other are joined once', () => {
  expect(layout(line('a', ['a', 'b'], ['b', 'a'])).edges).toHaveLength(1);
});

test('a line of one agent is one row without ways', () => {
  expect(layout(line('a'))).toEqual({ nodes: [{ name: 'a', x: 50, y: 50 }], edges: [], rows: 1 });
});

test('an agent that two hand to stands once', () => {
  const { nodes } = layout(line('a', ['a', 'b'], ['a', 'c'], ['b', 'd'], ['c', 'd']));
  expect(nodes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('each way goes from the one who hands over to the one who takes', () => {
  const { edges } = layout(line('a', ['a', 'b'], ['b', 'c'], ['c', 'a']));
  expect(edges.map(({ from, to }) => [from.name, to.name])).toEqual([
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ]);
});

test('a way to oneself, or to nobody, is not drawn', () => {
  expect(layout(line('a', ['a', 'a'])).edges).toEqual([]);
  expect(layout(line('a', ['x', 'y'], ['x', 'a'], ['a', 'b'])).edges).toHaveLength(1);
});

test('an edge joins its two agents, either way, and no others', () => {
  const [edge] = layout(line('a', ['a', 'b'])).edges;
  const pairs = ['ab', 'ba', 'ac', 'cb', 'bc', 'ca', 'aa', 'bb'];
  expect(edge && pairs.filter(([one = '', other = '']) => joins(edge, one, other))).toEqual(['ab', 'ba']);
});

test('more agents than fit beside one another stand in rows of about the same length', () => {
  const four = line('a', ['a', 'b'], ['a', 'c'], ['a', 'd'], ['a', 'e']);
  const { nodes, rows } = layout(four, 3);
  expect(rows).toBe(3);
  expect(nodes.map(({ x }) => x)).toEqual([50, 25, 75, 25, 75]);
});
