/** The operators' API. `base` is where the app is mounted; every address below it is made here. */
import type { CallStory, CallsPage, Choices, Lane, Me, Peaks } from './types';

/** How one signs in: at another server, or with the demo's password. */
export interface Door {
  by: 'password' | 'openid';
  address: string;
}

export type RefusalKind = 'signed out' | 'forbidden' | 'missing' | 'too many' | 'unreachable' | 'failed';

/** An answer that is none: why, and how to sign in, where that helps. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly door?: Door,
    readonly retryAfter?: number,
  ) {
    super(kind);
  }
}

export type Query = Record<string, string | undefined>;

export class Api {
  private readonly root: URL;

  constructor(
    base: string,
    private readonly ask: typeof fetch = (input, init) => fetch(input, init),
  ) {
    this.root = new URL('operate/', base);
  }

  /** The address of a route under `/operate/api`. */
  at(path: string, query: Query = {}): string {
    const url = new URL(`api/${path}`, this.root);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  me(): Promise<Me> {
    return this.read('me');
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

  /** All that the filter finds, as a file. */
  listAt(kind: 'csv' | 'json', query: Query): string {
    return this.at(`calls.${kind}`, query);
  }

  liveAt(): string {
    return this.at('live');
  }

  callLiveAt(id: string): string {
    return this.at(`${ofCall(id)}/live`);
  }

  async erase(id: string): Promise<void> {
    await this.send('DELETE', this.at(ofCall(id)));
  }

  async signIn(password: string): Promise<void> {
    await this.send('POST', new URL('sign-in', this.root).href, { password });
  }

  async signOut(): Promise<void> {
    await this.send('POST', new URL('sign-out', this.root).href, {});
  }

  private async read<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    const answer = await this.answered(this.at(path, query), { signal });
    return (await answer.json()) as T;
  }

  private async send(method: string, address: string, body?: object): Promise<void> {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    await this.answered(address, { method, ...(body && json) });
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
  401: 'signed out',
  403: 'forbidden',
  404: 'missing',
  429: 'too many',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
};

async function refusalOf(answer: Response): Promise<Refusal> {
  const kind = KINDS[answer.status] ?? 'failed';
  const seconds = Number.parseInt(answer.headers.get('retry-after') ?? '', 10);
  const said = (await answer.json().catch(() => undefined)) as { sign_in?: unknown; by?: unknown } | undefined;
  const door: Door | undefined =
    typeof said?.sign_in === 'string'
      ? { address: said.sign_in, by: said.by === 'password' ? 'password' : 'openid' }
      : undefined;
  return new Refusal(kind, door, seconds > 0 ? seconds : undefined);
}

function ofCall(id: string): string {
  return `calls/${encodeURIComponent(id)}`;
}
