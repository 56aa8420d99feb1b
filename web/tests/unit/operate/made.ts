/** Made data for the operators' tests. */
import type { LineMap, Now, Tile } from '../../../src/operate/types';

export const SHOP: LineMap = {
  name: 'support-line',
  agents: [
    { id: 'greeter', label: 'Welcome desk', colour: 'green' },
    { id: 'support', label: 'Order support', colour: 'blue' },
    { id: 'escalation', label: 'Customer care', colour: 'violet' },
  ],
  handoffs: [
    ['greeter', 'support'],
    ['support', 'greeter'],
    ['support', 'escalation'],
  ],
};

export const STARTED = '2026-11-27T19:00:00Z';

export function tile(id: string, more: Partial<Tile> = {}): Tile {
  return {
    id,
    line: 'support-line',
    agent: 'greeter',
    caller: '•••• 4821',
    started_at: STARTED,
    ended_at: null,
    outcome: null,
    doing: 'listening',
    tool: null,
    last: null,
    alarms: [],
    seq: 1,
    ...more,
  };
}

export function now(calls: Tile[], more: Partial<Now> = {}): Now {
  return {
    calls,
    workers: [],
    today: {
      calls: 0,
      answered: 0,
      busy: 0,
      ended: {},
      to_person: 0,
      first_sound_ms: { p50: null, p95: null },
      cost: { amount: null, currency: null, unknown: 0 },
    },
    lines: [SHOP],
    ...more,
  };
}

export const OVER = { ended_at: '2026-11-27T19:05:00Z', outcome: 'goodbye', seq: 9 };

/** An EventSource whose server is the test. */
export class FakeSource extends EventTarget {
  readonly url: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string) {
    super();
    this.url = url;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  tells(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
  }

  /** The browser connects again by itself, or gives up when the server refused. */
  breaks(refused = false): void {
    this.readyState = refused ? 2 : 0;
    this.onerror?.();
  }

  close(): void {
    this.readyState = 2;
  }
}
