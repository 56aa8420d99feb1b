/** A call's events, as the server tells them while any are to come. A feed that was cut off, or is silent, goes on where it was. */
import { Signs } from '../signs';
import type { LedgerEvent } from '../types';

/** What is used of an `EventSource`. */
export interface Source {
  readonly readyState: number;
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface Ears {
  heard: (event: LedgerEvent) => void;
  /** The story has to be read again. */
  changed: () => void;
  ended: () => void;
  connected: (is: boolean) => void;
}

const CLOSED = 2;
const AGAIN_MS = 3000;

export class Live {
  private source: Source | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** What has changed of the story meanwhile was not told. */
  private cut = false;
  private readonly signs = new Signs(() => this.again());

  /** `open` gives the feed of what comes after the event with the number `newest`. */
  constructor(
    private readonly open: (newest: number) => Source,
    private readonly newest: () => number,
    private readonly ears: Ears,
  ) {}

  start(): void {
    const source = this.open(this.newest());
    this.source = source;
    this.signs.seen();
    for (const name of ['open', 'beat', 'event', 'story']) source.addEventListener(name, () => this.signs.seen());
    source.addEventListener('open', () => this.opened());
    source.addEventListener('event', ({ data }) => {
      const event = eventIn(data);
      if (event) this.ears.heard(event);
    });
    source.addEventListener('story', () => this.ears.changed());
    source.addEventListener('ended', () => {
      this.stop();
      this.ears.ended();
    });
    source.addEventListener('error', () => this.lost(source));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.signs.stop();
    this.source?.close();
    this.source = null;
  }

  private opened(): void {
    this.ears.connected(true);
    if (this.cut) this.ears.changed();
    this.cut = false;
  }

  /** A browser tries again by itself, unless it was refused. */
  private lost(source: Source): void {
    if (source !== this.source) return;
    this.cut = true;
    this.ears.connected(false);
    if (source.readyState === CLOSED) this.again();
  }

  private again(): void {
    this.cut = true;
    this.ears.connected(false);
    this.stop();
    this.timer = setTimeout(() => this.start(), AGAIN_MS);
    this.ears.changed();
  }
}

function eventIn(data: string): LedgerEvent | null {
  try {
    const event = JSON.parse(data) as Partial<LedgerEvent> | null;
    return typeof event?.kind === 'string' && typeof event.seq === 'number' ? (event as LedgerEvent) : null;
  } catch {
    return null;
  }
}
