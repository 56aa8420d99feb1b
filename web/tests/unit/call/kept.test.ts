/** @vitest-environment jsdom */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keptCall } from '../../../src/call/kept';

const KEPT = { token: 'token-1', line: 'support-line', serverUrl: 'ws://livekit.test' };

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test('a resume token is kept for this tab until it is cleared', () => {
  expect(keptCall.load()).toBeUndefined();
  keptCall.save(KEPT);
  expect(keptCall.load()).toEqual(KEPT);
  keptCall.clear();
  expect(keptCall.load()).toBeUndefined();
});

test('a resume token has a key of its own, which a page before a new version wrote too', () => {
  sessionStorage.setItem('switchboard.call', JSON.stringify(KEPT));
  expect(keptCall.load()).toEqual(KEPT);
});

test('what is no resume token is none', () => {
  sessionStorage.setItem('switchboard.call', '{');
  expect(keptCall.load()).toBeUndefined();
});

test('a browser that keeps nothing takes calls all the same', () => {
  vi.stubGlobal('sessionStorage', undefined);
  keptCall.save(KEPT);
  keptCall.clear();
  expect(keptCall.load()).toBeUndefined();
});
