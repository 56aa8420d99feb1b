/** The live feed of *Now*: server-sent events become a board. It reconnects by itself, and says when it is cut off, or silent. */
import { Signs } from '../signs';
import type { Now, Tile, Today, Worker } from '../types';
import { boardOf, withTile, without, type Board } from './board';

export interface FeedState {
  /** `cut`: what is shown is from `since`. */
  link: 'connecting' | 'live' | 'cut';
  since: number | undefined;
  board: Board | undefined;
}

interface Told {
  beat: object;
  now: Now;
  tile: Tile;
  workers: Worker[];
  today: Today;
}

interface Means {
  /** The time now. */
  now: () => number;
  /** The server has refused, or is away: find out which. */
  onRefused: () => void;
  open?: (address: string) => EventSource;
}

/** So long the tile of a call that is over stays. */
export const LINGER = 8_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

export class Feed {
  private state: FeedState = { link: 'connecting', since: undefined, board: undefined };
  private readonly listeners = new Set<() => void>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly signs = new Signs(() => this.silent());
  private source: EventSource | undefined;
  private wait = FIRST_WAIT;
  /** When anything was last heard. */
  private heardAt = 0;

  constructor(
    private readonly address: string,
    private readonly means: Means,
  ) {}

  /** Returns how to stop it. */
  start(): () => void {
    this.connect();
    return () => this.stop();
  }

  readonly subscribe = (then: () => void): (() => void) => {
    this.listeners.add(then);
    return () => this.listeners.delete(then);
  };

  readonly snapshot = (): FeedState => this.state;

  private connect(): void {
    const open = this.means.open ?? ((address) => new EventSource(address));
    const source = open(this.address);
    this.source = source;
    this.signs.seen();
    source.onopen = () => {
      this.wait = FIRST_WAIT;
      this.heard();
      if (this.state.board) this.set({ link: 'live' });
    };
    source.onerror = () => this.failed(source);
    this.on(source, 'beat', () => undefined);
    this.on(source, 'now', (now) => this.board(boardOf(now, this.state.board)));
    this.on(source, 'tile', (tile) => this.tile(tile));
    this.on(source, 'workers', (workers) => this.change((board) => ({ ...board, workers })));
    this.on(source, 'today', (today) => this.change((board) => ({ ...board, today })));
  }

  private on<Name extends keyof Told>(source: EventSource, name: Name, then: (data: Told[Name]) => void): void {
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      this.heard();
      then(JSON.parse(data) as Told[Name]);
    });
  }

  private heard(): void {
    this.heardAt = this.means.now();
    this.signs.seen();
  }

  /** A browser connects again after a cut, but not after a refusal. */
  private failed(source: EventSource): void {
    this.cut();
    if (source.readyState === EventSource.CLOSED) this.again();
  }

  /** The connection is dead, and nobody has told the browser. */
  private silent(): void {
    this.cut();
    this.source?.close();
    this.again();
  }

  private cut(): void {
    if (this.state.link === 'live') this.set({ link: 'cut', since: this.heardAt });
    else if (this.state.link === 'connecting') this.set({ link: 'cut' });
  }

  private again(): void {
    this.signs.stop();
    this.means.onRefused();
    this.later(() => this.connect(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  private tile(tile: Tile): void {
    this.change((board) => withTile(board, tile));
    if (tile.ended_at !== null) this.later(() => this.change((board) => without(board, tile.id)), LINGER);
  }

  private change(how: (board: Board) => Board): void {
    if (this.state.board) this.board(how(this.state.board));
  }

  private board(board: Board): void {
    const cut = this.source?.readyState !== EventSource.OPEN;
    this.set(cut ? { board } : { link: 'live', board });
  }

  private later(then: () => void, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, milliseconds);
    this.timers.add(timer);
  }

  private stop(): void {
    this.source?.close();
    this.signs.stop();
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private set(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
