/** One call as the page has it: read, kept up to date while anything is to come, read again when something was missed. */
import type { Door, Refusal, RefusalKind } from '../api';
import { reasonOf } from '../reason';
import type { CallStory, LedgerEvent } from '../types';
import { grown, hasGap, newestOf } from './growing';
import { Live, type Source } from './live';

export interface Told {
  story: CallStory | null;
  /** Why there is none, or none that is newer. */
  problem: RefusalKind | null;
  door: Door | undefined;
  connected: boolean;
}

interface Ways {
  read: (signal: AbortSignal) => Promise<CallStory>;
  open: (newest: number) => Source;
}

/** Events that come together are shown together. */
const GATHER_MS = 30;
const AGAIN_MS = 3000;
const FINAL = new Set<RefusalKind>(['forbidden', 'missing', 'signed out']);

export class StoryFeed {
  told: Told = { story: null, problem: null, door: undefined, connected: true };
  private readonly listeners = new Set<() => void>();
  private readonly live: Live;
  private aborter = new AbortController();
  private waiting: LedgerEvent[] = [];
  private gather: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private follows = false;
  /** A gap that reading has not filled is none that it could. */
  private filled = 0;

  constructor(private readonly ways: Ways) {
    this.live = new Live(
      (newest) => ways.open(newest),
      () => newestOf(this.told.story),
      {
        heard: (event) => this.heard(event),
        changed: () => this.read(),
        ended: () => this.read(),
        connected: (connected) => this.tell({ connected }),
      },
    );
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    this.read();
  }

  stop(): void {
    this.live.stop();
    this.follows = false;
    this.aborter.abort();
    clearTimeout(this.gather);
    clearTimeout(this.again);
  }

  read = (): void => {
    clearTimeout(this.again);
    this.aborter.abort();
    const aborter = new AbortController();
    this.aborter = aborter;
    this.ways.read(aborter.signal).then(
      (story) => this.has(story),
      (error: unknown) => {
        if (!aborter.signal.aborted) this.failed(reasonOf(error));
      },
    );
  };

  private has(read: CallStory): void {
    // an event can overtake the story that was asked for before it
    const story = grown(read, this.told.story?.events ?? []);
    this.filled = newestOf(story);
    this.tell({ story, problem: null });
    const followed = this.follows;
    this.follows = !story.settled;
    if (this.follows && !followed) this.live.start();
    if (!this.follows) this.live.stop();
  }

  private failed({ kind, door, retryAfter }: Refusal): void {
    this.tell({ problem: kind, door });
    if (FINAL.has(kind)) {
      this.tell({ story: null });
      this.live.stop();
      this.follows = false;
    } else this.again = setTimeout(this.read, retryAfter ? retryAfter * 1000 : AGAIN_MS);
  }

  private heard(event: LedgerEvent): void {
    if (!this.follows) return;
    this.waiting.push(event);
    this.gather ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    this.gather = undefined;
    const events = this.waiting.splice(0);
    const { story } = this.told;
    if (!story) return;
    const next = grown(story, events);
    if (next !== story) this.tell({ story: next });
    const newer = { ...next, events: next.events.filter(({ seq }) => seq >= this.filled) };
    if (hasGap(newer)) this.read();
  }

  private tell(change: Partial<Told>): void {
    this.told = { ...this.told, ...change };
    for (const listener of this.listeners) listener();
  }
}
