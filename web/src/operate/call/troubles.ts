/** Errors, each until what it hit has recovered. */
import type { LedgerEvent } from '../types';
import { flagIn, numberIn, textIn } from './field';

export interface Trouble {
  seq: number;
  source: string;
  message: string;
  recoverable: boolean;
  from: number;
  /** Null: nothing tells of a recovery. */
  to: number | null;
  ms: number | null;
}

export function troublesOf(events: LedgerEvent[]): Trouble[] {
  const found: Trouble[] = [];
  for (const event of events) {
    if (event.kind === 'error') found.push(trouble(event));
    if (event.kind === 'recovered') recover(found, event);
  }
  return found;
}

function trouble(event: LedgerEvent): Trouble {
  const [source, message] = [textIn(event, 'source'), textIn(event, 'message')];
  const recoverable = flagIn(event, 'recoverable');
  return { seq: event.seq, source, message, recoverable, from: event.at, to: null, ms: null };
}

/** All that is open of its source has recovered; where none is, it was not told of before. */
function recover(found: Trouble[], event: LedgerEvent): void {
  const ms = numberIn(event, 'ms');
  const source = textIn(event, 'source');
  const open = found.filter((trouble) => trouble.to === null && isOf(trouble.source, source));
  for (const trouble of open) Object.assign(trouble, { to: event.at, ms });
  if (open.length > 0) return;
  const from = event.at - (ms ?? 0) / 1000;
  found.push({ seq: event.seq, source, message: '', recoverable: true, from, to: event.at, ms });
}

/** An error names its source as LiveKit labels it ("livekit.plugins.openai.realtime…"), a recovery in a word of ours. */
function isOf(label: string, source: string): boolean {
  return label.toLowerCase().includes(source.toLowerCase());
}
