/** @vitest-environment jsdom */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tickets } from '../../../src/call/tickets';

const KEPT = { ticket: 'ticket-1', line: 'support-line', serverUrl: 'ws://livekit.test' };

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test('a ticket is kept for this tab until it is cleared', () => {
  expect(tickets.load()).toBeUndefined();
  tickets.save(KEPT);
  expect(tickets.load()).toEqual(KEPT);
  tickets.clear();
  expect(tickets.load()).toBeUndefined();
});

test('a ticket has a key of its own, which a page before a new version wrote too', () => {
  sessionStorage.setItem('switchboard.call', JSON.stringify(KEPT));
  expect(tickets.load()).toEqual(KEPT);
});

test('what is no ticket is none', () => {
  sessionStorage.setItem('switchboard.call', '{');
  expect(tickets.load()).toBeUndefined();
});

test('a browser that keeps nothing takes calls all the same', () => {
  vi.stubGlobal('sessionStorage', undefined);
  tickets.save(KEPT);
  tickets.clear();
  expect(tickets.load()).toBeUndefined();
});
