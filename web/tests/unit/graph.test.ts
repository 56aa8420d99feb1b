import { expect, test } from 'vitest';
import { layout } from '../../src/call/graph';
import type { Line } from '../../src/call/line';

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
