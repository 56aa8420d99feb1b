import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refusal } from '../../../../src/operate/api';
import { isSame, kept } from '../../../../src/operate/call/kept';
import { StoryFeed } from '../../../../src/operate/call/storyFeed';
import { SILENT_MS } from '../../../../src/operate/signs';
import type { CallStory, LedgerEvent } from '../../../../src/operate/types';
import { story, storing } from '../../../fixture/call/story';
import { caller, made } from './made';

const EVENTS = made(...Array.from({ length: 9 }, (_none, at) => caller(at, `${at}`)));
const running = (count: number): CallStory => ({ ...story, call: { ...story.call, ended_at: null, outcome: null }, events: EVENTS.slice(0, count), settled: false });

class MadeSource {
  readyState = 1;
  readonly listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>();
  constructor(readonly newest: number) {}
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }
  close() {
    this.readyState = 2;
  }
  says(name: string, data: unknown = {}) {
    const event = { data: typeof data === 'string' ? data : JSON.stringify(data) } as MessageEvent<string>;
    for (const listener of this.listeners.get(name) ?? []) listener(event);
  }
}

function feeding(...answers: (CallStory | Refusal)[]) {
  const sources: MadeSource[] = [];
  const read = vi.fn(() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Refusal || !answer ? Promise.reject(answer ?? new Error('none')) : Promise.resolve(answer);
  });
  const feed = new StoryFeed({ read, open: (newest) => (sources.push(new MadeSource(newest)), sources.at(-1) as MadeSource) });
  return { feed, read, sources, source: () => sources.at(-1) as MadeSource };
}

const seqs = (feed: StoryFeed) => feed.told.story?.events.map(({ seq }) => seq);
const event = (seq: number) => EVENTS[seq - 1] as LedgerEvent;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('A running call is followed from the newest event that is known', async () => {
  const { feed, sources, source } = feeding(running(3));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sources.map(({ newest }) => newest)).toEqual([3]);
  source().says('event', event(4));
  source().says('event', event(4));
  source().says('event', event(2));
  await vi.advanceTimersByTimeAsync(50);
  expect(seqs(feed)).toEqual([1, 2, 3, 4]);
});

it('A call that is over is not followed', async () => {
  const { feed, sources } = feeding(story);
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sources).toEqual([]);
});

it('When events are missing the story is read again, and what came meanwhile is kept', async () => {
  const { feed, read, source } = feeding(running(3), running(5));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('event', event(6));
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toHaveBeenCalledTimes(2);
  expect(seqs(feed)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('A gap that is in the ledger itself is not read for again and again', async () => {
  const lost = { ...running(5), events: EVENTS.filter(({ seq }) => seq !== 3 && seq <= 5) };
  const { feed, read, source } = feeding(lost);
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('event', event(6));
  await vi.advanceTimersByTimeAsync(50);
  expect(read).toHaveBeenCalledTimes(1);
});

it('What the feed says that is no event is left alone', async () => {
  const { feed, source } = feeding(running(3));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  for (const data of ['{', 'null', '7', '{"kind": 3}']) source().says('event', data);
  await vi.advanceTimersByTimeAsync(50);
  expect(seqs(feed)).toEqual([1, 2, 3]);
});

it('A feed that was refused is opened again after the newest event, and the story read', async () => {
  const { feed, read, sources, source } = feeding(running(3), running(5));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().readyState = 2;
  source().says('error');
  expect(feed.told.connected).toBe(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sources.map(({ newest }) => newest)).toEqual([3, 5]);
  expect(read).toHaveBeenCalledTimes(2);
  source().says('open');
  expect(feed.told.connected).toBe(true);
});

it('While the browser connects again by itself nothing is opened beside it', async () => {
  const { feed, sources, source } = feeding(running(3));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().readyState = 0;
  source().says('error');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sources.length).toBe(1);
});

it('A feed that has gone silent is opened again after the newest event, and the page says so meanwhile', async () => {
  const { feed, read, sources, source } = feeding(running(3), running(5));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  for (let beat = 0; beat < 3; beat += 1) {
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    source().says('beat');
  }
  expect(feed.told.connected).toBe(true);
  await vi.advanceTimersByTimeAsync(SILENT_MS);
  expect([feed.told.connected, source().readyState]).toEqual([false, 2]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sources.map(({ newest }) => newest)).toEqual([3, 5]);
  expect(read).toHaveBeenCalledTimes(2);
});

it('When the call has ended all of it is read, and the feed is closed', async () => {
  const { feed, sources, source } = feeding(running(3), story);
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('ended');
  await vi.advanceTimersByTimeAsync(0);
  expect([feed.told.story?.call.outcome, source().readyState, sources.length]).toEqual(['transferred', 2, 1]);
});

it('A call that is over is followed until its recording is stored, and then read again', async () => {
  const { feed, read, sources, source } = feeding(running(3), storing, story);
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('story');
  await vi.advanceTimersByTimeAsync(0);
  expect([feed.told.story, source().readyState, sources.length]).toEqual([storing, 1, 1]);
  source().says('ended');
  await vi.advanceTimersByTimeAsync(0);
  expect([feed.told.story, source().readyState, sources.length, read.mock.calls.length]).toEqual([story, 2, 1, 3]);
});

it('A page that opens while the recording is being stored follows it, and once the server says that is all it asks no more', async () => {
  const { feed, read, sources, source } = feeding(storing);
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('ended');
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sources.length, source().readyState, read.mock.calls.length]).toEqual([1, 2, 2]);
});

it('When a browser has connected again the story is read: it was not told what had changed meanwhile', async () => {
  const { feed, read, source } = feeding(running(3));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  source().says('open');
  expect(read).toHaveBeenCalledTimes(1);
  source().readyState = 0;
  source().says('error');
  source().says('open');
  source().says('open');
  expect(read).toHaveBeenCalledTimes(2);
});

it('A server that does not answer is asked again, and one that refuses is not', async () => {
  const slow = feeding(new Refusal('unreachable'), story);
  slow.feed.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(slow.feed.told.problem).toBe('unreachable');
  await vi.advanceTimersByTimeAsync(3100);
  expect([slow.feed.told.problem, slow.feed.told.story]).toEqual([null, story]);

  const refused = feeding(new Refusal('forbidden'));
  refused.feed.start();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([refused.feed.told.problem, refused.read.mock.calls.length]).toEqual(['forbidden', 1]);
});

it('A page that was left asks for nothing more', async () => {
  const { feed, read, source } = feeding(running(3));
  feed.start();
  await vi.advanceTimersByTimeAsync(0);
  feed.stop();
  source().says('event', event(6));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(read).toHaveBeenCalledTimes(1);
});

it('What has not changed in a list stays the same object', () => {
  const before = [{ id: 'a', deep: { list: [1, 2] } }, { id: 'b', deep: { list: [3] } }];
  const after = [{ id: 'a', deep: { list: [1, 2] } }, { id: 'b', deep: { list: [4] } }, { id: 'c', deep: { list: [] } }];
  const same = kept(before, after);
  expect([same[0] === before[0], same[1] === before[1], same.length]).toEqual([true, false, 3]);
  expect([isSame({ a: 1 }, { b: 1 }), isSame([1], [1, 2]), isSame(null, {})]).toEqual([false, false, false]);
});
