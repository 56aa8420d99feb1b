import { expect, test } from 'vitest';
import { Clock } from '../../../src/operate/clock';
import { colourOf, nameOf } from '../../../src/operate/colours';
import { pictureOf } from '../../../src/operate/now/picture';
import { delay, lengthOf, money } from '../../../src/operate/words';
import { SHOP } from './made';

test.each([
  [-4, '0:00'],
  [7.9, '0:07'],
  [760, '12:40'],
  [3_723, '1:02:03'],
])('%d seconds are %s', (seconds, written) => {
  expect(lengthOf(seconds)).toBe(written);
});

test('a delay of a second or more is in seconds, and an unknown one is no nought', () => {
  expect([642.4, 1_318, null].map(delay)).toEqual(['642 ms', '1.32 s', '–']);
});

test.each([
  ['187.4210', 'USD', '$187.42'],
  ['0.0312', 'USD', '$0.031'],
  [0, 'EUR', '€0.00'],
  ['1.5', null, '1.50'],
  [null, 'USD', undefined],
] as const)('%s of %s is %s', (amount, currency, written) => {
  expect(money(amount, currency)).toBe(written);
});

test('the server’s time is taken when this machine’s is off, and not for what an answer takes', () => {
  let own = Date.parse('2026-11-27T19:00:00Z');
  const clock = new Clock(() => own);
  clock.set('Fri, 27 Nov 2026 19:05:00 GMT');
  own += 1_000;
  expect(clock.now()).toBe(Date.parse('2026-11-27T19:05:01.500Z'));
  clock.set('Fri, 27 Nov 2026 19:00:00 GMT');
  expect(clock.now()).toBe(own);
  clock.set(null);
  expect(clock.now()).toBe(own);
});

test('a person and a place have the name that their line gives them, however the ledger writes them', () => {
  const line = { ...SHOP, places: [{ id: 'night_desk', label: 'After eight', colour: 'slate' }] };
  expect(['night_desk', 'night desk'].map((id) => nameOf(id, line))).toEqual(['After eight', 'After eight']);
  expect(nameOf('night_desk', SHOP)).toBe('Night desk');
});

test('an agent has the name and the colour that its line gives it, and one that no line knows has none', () => {
  expect(['greeter', 'escalation', 'stranger', null].map((agent) => colourOf(agent, SHOP))).toEqual(['green', 'violet', undefined, undefined]);
  expect(['support', 'after_hours', null].map((agent) => nameOf(agent, SHOP))).toEqual(['Order support', 'After hours', undefined]);
});

test('every agent is in the picture, also one to whom no way leads, but only handoffs are ways', () => {
  const { agents, edges, rows } = pictureOf({ ...SHOP, agents: [...SHOP.agents, { id: 'alone', label: 'Alone', colour: 'slate' }] });
  expect(agents.map(({ id }) => id)).toEqual(['greeter', 'support', 'escalation', 'alone']);
  expect(edges.map(({ from, to }) => [from.name, to.name])).toEqual([
    ['greeter', 'support'],
    ['support', 'escalation'],
  ]);
  expect(rows).toBe(3);
});
