/** The command that takes a call up at the turn of a moment. */
import { expect, test } from 'vitest';
import { rewindCommand } from '../../../../src/operate/call/rewind';
import type { CallStory } from '../../../../src/operate/types';
import { agent, caller, made } from './made';

const EVENTS = made(agent(1, 'Hello.'), caller(3, 'Hello?'), agent(4, 'Yes?'), caller(6, 'Goodbye.'));

const story = (ended_at: string | null, events = EVENTS) => ({ call: { id: 'call_1', ended_at }, events }) as unknown as CallStory;

test.each([
  [0, 1],
  [3, 1],
  [5.9, 1],
  [60, 2],
])('at %d s it is turn %d', (time, turn) => {
  expect(rewindCommand(story('2026-11-23T09:01:00Z'), time)).toBe(`main.py rewind call_1 --turn ${turn}`);
});

test.each([
  ['runs', story(null)],
  ['is erased', story('2026-11-23T09:01:00Z', [...EVENTS, ...made({ kind: 'erased', at: 0 })])],
  ['has no word of the caller', story('2026-11-23T09:01:00Z', EVENTS.slice(0, 1))],
])('a call that %s has none', (_, given) => {
  expect(rewindCommand(given, 3)).toBeNull();
});
