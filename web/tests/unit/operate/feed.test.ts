/** @vitest-environment jsdom */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Feed, LINGER } from '../../../src/operate/now/feed';
import { SILENT_MS } from '../../../src/operate/signs';
import { FakeSource, now, OVER, tile } from './made';

let sources: FakeSource[];
let feed: Feed;
let stop: () => void;
const onRefused = vi.fn();
let time = 1_000;
const last = () => sources.at(-1) as FakeSource;
const ids = () => feed.snapshot().board?.places.map((one) => one?.id ?? null);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', { OPEN: 1, CLOSED: 2 });
  onRefused.mockReset();
  time = 1_000;
  sources = [];
  const open = (address: string) => {
    sources.push(new FakeSource(address));
    return last() as unknown as EventSource;
  };
  feed = new Feed('http://shop.test/operate/api/live', { now: () => time, onRefused, open });
  stop = feed.start();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function live(): void {
  last().opens();
  last().tells('now', now([tile('a'), tile('b')]));
}

test('it is live once all has come, and not before', () => {
  last().opens();
  expect(feed.snapshot().link).toBe('connecting');
  last().tells('now', now([tile('a')]));
  expect(feed.snapshot().link).toBe('live');
});

test('tiles, workers and figures change as they are told', () => {
  live();
  last().tells('tile', tile('c'));
  last().tells('workers', [{ id: 'w', calls: 1, most: 5, seen_at: '' }]);
  last().tells('today', { ...now([]).today, calls: 7 });
  expect(ids()).toEqual(['a', 'b', 'c']);
  expect(feed.snapshot().board?.workers[0]?.id).toBe('w');
  expect(feed.snapshot().board?.today.calls).toBe(7);
});

test('a call that is over stays for some seconds', () => {
  live();
  last().tells('tile', tile('a', OVER));
  vi.advanceTimersByTime(LINGER - 1);
  expect(ids()).toEqual(['a', 'b']);
  vi.advanceTimersByTime(1);
  expect(ids()).toEqual([null, 'b']);
});

test('a cut is told with its time, and what was seen stays; the browser connects again', () => {
  live();
  last().breaks();
  expect(feed.snapshot()).toMatchObject({ link: 'cut', since: 1_000 });
  expect(ids()).toEqual(['a', 'b']);
  last().opens();
  expect(feed.snapshot().link).toBe('live');
  expect(sources).toHaveLength(1);
  expect(onRefused).not.toHaveBeenCalled();
});

test('after a refusal it asks why, and tries again, each time later', () => {
  live();
  last().breaks(true);
  expect(onRefused).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(2);
  last().breaks(true);
  vi.advanceTimersByTime(1_999);
  expect(sources).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(sources).toHaveLength(3);
  live();
  expect(feed.snapshot().link).toBe('live');
  last().breaks(true);
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(4);
});

test('a connection that is dead without an error is noticed: it says since when, and connects anew', () => {
  live();
  for (let beat = 0; beat < 5; beat += 1) {
    vi.advanceTimersByTime(SILENT_MS - 1);
    last().tells('beat', {});
  }
  expect(feed.snapshot().link).toBe('live');
  time = 50_000;
  vi.advanceTimersByTime(SILENT_MS);
  expect(feed.snapshot()).toMatchObject({ link: 'cut', since: 1_000 });
  expect([last().readyState, ids()]).toEqual([2, ['a', 'b']]);
  vi.advanceTimersByTime(1_000);
  expect(sources).toHaveLength(2);
  live();
  expect(feed.snapshot().link).toBe('live');
});

test('a connection that does not even open is tried again', () => {
  vi.advanceTimersByTime(SILENT_MS + 1_000);
  expect([sources.length, feed.snapshot().link]).toEqual([2, 'cut']);
  vi.advanceTimersByTime(SILENT_MS + 2_000);
  expect(sources).toHaveLength(3);
});

test('what comes after the page is left changes nothing and opens nothing', () => {
  live();
  const source = last();
  source.breaks(true);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(sources).toHaveLength(1);
});
