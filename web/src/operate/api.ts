/** The operators' API. `base` is where the app is mounted; every address below it is made here. */
import { Clock } from './clock';
import type { CallStory, CallsPage, Choices, Lane, Me, Peaks } from './types';

/** How one signs in: at another server, or with the demo's password. */
export interface Door {
  by: 'password' | 'openid';
  address: string;
}

export type RefusalKind = 'signed out' | 'forbidden' | 'missing' | 'not allowed' | 'too many' | 'unreachable' | 'failed';

/** An answer that is none: why, and how to sign in, where that helps. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly door?: Door,
    readonly retryAfter?: number,
    /** What the server says of it, for people. */
    readonly said?: string,
  ) {
    super(kind);
  }
}

export type Query = Record<string, string | undefined>;

export class Api {
  /** The server's time, of which this machine's may be off. */
  readonly clock = new Clock();
  private readonly root: URL;
  private readonly listeners = new Set<(refusal: Refusal) => void>();

  constructor(
    base: string,
    private readonly ask: typeof fetch = (input, init) => fetch(input, init),
  ) {
    this.root = new URL('operate/', base);
  }

  /** Hear of every refusal of what a page asks for: a session can end on any of them. */
  onRefused(then: (refusal: Refusal) => void): () => void {
    this.listeners.add(then);
    return () => this.listeners.delete(then);
  }

  /** The address of a route under `/operate/api`. */
  at(path: string, query: Query = {}): string {
    const url = new URL(`api/${path}`, this.root);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  /** Who is signed in. A refusal of it is for who asks, and for nobody else. */
  me(): Promise<Me> {
    return this.fetched('me');
  }

  /** A stream was refused, and does not say why: if nobody is signed in any more, the listeners hear of it. */
  async check(): Promise<void> {
    await this.read('me').catch(() => undefined);
  }

  choices(signal?: AbortSignal): Promise<Choices> {
    return this.read('choices', {}, signal);
  }

  calls(query: Query, signal?: AbortSignal): Promise<CallsPage> {
    return this.read('calls', query, signal);
  }

  call(id: string, signal?: AbortSignal): Promise<CallStory> {
    return this.read(ofCall(id), {}, signal);
  }

  peaks(id: string, lane: Lane, signal?: AbortSignal): Promise<Peaks> {
    return this.read(`${ofCall(id)}/recording/${lane}.peaks.json`, {}, signal);
  }

  recordingAt(id: string, lane: Lane): string {
    return this.at(`${ofCall(id)}/recording/${lane}.ogg`);
  }

  exportAt(id: string, kind: 'json' | 'html'): string {
    return this.at(`${ofCall(id)}/export.${kind}`);
  }

  scenarioAt(id: string): string {
    return this.at(`${ofCall(id)}/scenario.yaml`);
  }

  /** All that the filter finds, as a file. */
  listAt(kind: 'csv' | 'json', query: Query): string {
    return this.at(`calls.${kind}`, query);
  }

  liveAt(): string {
    return this.at('live');
  }

  /** The feed of what comes after the event with the number `newest`. */
  callLiveAt(id: string, newest: number): string {
    return this.at(`${ofCall(id)}/live`, { after: String(newest) });
  }

  async erase(id: string): Promise<void> {
    await this.told(this.send('DELETE', this.at(ofCall(id)), {}));
  }

  async signIn(password: string): Promise<void> {
    await this.send('POST', new URL('sign-in', this.root).href, { password });
  }

  async signOut(): Promise<void> {
    await this.send('POST', new URL('sign-out', this.root).href, {});
  }

  private read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.told(this.fetched<T>(path, query, signal));
  }

  private async fetched<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const answer = await this.answered(this.at(path, query), { signal, cache: 'no-store' });
    this.clock.set(answer.headers.get('date'));
    return (await answer.json()) as T;
  }

  private async told<T>(asked: Promise<T>): Promise<T> {
    return asked.catch((error: unknown) => {
      if (error instanceof Refusal) for (const listener of this.listeners) listener(error);
      throw error;
    });
  }

  /** As JSON, always: another site's page cannot send that. */
  private async send(method: string, address: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    await this.answered(address, { method, headers, body: JSON.stringify(body) });
  }

  private async answered(address: string, init: RequestInit): Promise<Response> {
    const answer = await this.ask(address, init).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new Refusal('unreachable');
    });
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }
}

const KINDS: Record<number, RefusalKind> = {
  400: 'not allowed',
  401: 'signed out',
  403: 'forbidden',
  404: 'missing',
  422: 'not allowed',
  429: 'too many',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
};

async function refusalOf(answer: Response): Promise<Refusal> {
  const kind = KINDS[answer.status] ?? 'failed';
  const seconds = Number.parseInt(answer.headers.get('retry-after') ?? '', 10);
  const said = (await answer.json().catch(() => undefined)) as Said | undefined;
  const message = said?.error?.message;
  return new Refusal(
    kind,
    doorOf(said),
    seconds > 0 ? seconds : undefined,
    typeof message === 'string' ? message : undefined,
  );
}

interface Said {
  sign_in?: unknown;
  by?: unknown;
  error?: { message?: unknown };
}

function doorOf(said: Said | undefined): Door | undefined {
  if (typeof said?.sign_in !== 'string') return undefined;
  return { address: said.sign_in, by: said.by === 'password' ? 'password' : 'openid' };
}

function ofCall(id: string): string {
  return `calls/${encodeURIComponent(id)}`;
}
