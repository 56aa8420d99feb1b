/** Handoffs: from the transfer tool's call to the next agent's first sound. Seconds since the call began. */
import type { LedgerEvent } from '../types';
import { flagIn, numberIn, textIn } from './field';

export interface Handoff {
  seq: number;
  source: string;
  target: string;
  /** When it was asked for. */
  from: number;
  /** When the next agent had the caller. */
  arrivedAt: number;
  arrivedMs: number | null;
  spokeMs: number | null;
  /** When the next agent spoke; null: the caller did first, or nobody has yet. */
  spokeAt: number | null;
  silence: { ms: number; from: number; to: number } | null;
  socketKept: boolean;
  /** Whether it has happened. One that is dropped stays asked for. */
  done: boolean;
}

export function handoffsOf(events: LedgerEvent[]): Handoff[] {
  const found: Handoff[] = [];
  for (const event of events) {
    if (event.kind === 'handoff_asked') found.push(asked(event));
    if (event.kind === 'handoff_done') settle(found, event);
  }
  return found;
}

function asked(event: LedgerEvent): Handoff {
  const nothing = { arrivedMs: null, spokeMs: null, spokeAt: null, silence: null, socketKept: false, done: false };
  const [source, target] = [textIn(event, 'source'), textIn(event, 'target')];
  return { seq: event.seq, source, target, from: event.at, arrivedAt: event.at, ...nothing };
}

function settle(found: Handoff[], event: LedgerEvent): void {
  const target = textIn(event, 'target');
  const open = found.findLastIndex((handoff) => !handoff.done && handoff.target === target);
  const handoff = done(open < 0 ? undefined : found[open], event);
  if (open < 0) found.push(handoff);
  else found[open] = handoff;
}

function done(begun: Handoff | undefined, event: LedgerEvent): Handoff {
  const spokeMs = numberIn(event, 'spoke_ms');
  const silenceMs = numberIn(event, 'silence_ms');
  const arrivedMs = numberIn(event, 'arrived_ms');
  // it is written at the first sound, if there is one
  const from = begun?.from ?? event.at - (spokeMs ?? arrivedMs ?? 0) / 1000;
  const spokeAt = spokeMs === null ? null : event.at;
  const silence = spokeAt === null || silenceMs === null ? null : endingAt(spokeAt, silenceMs);
  return {
    seq: begun?.seq ?? event.seq,
    source: textIn(event, 'source'),
    target: textIn(event, 'target'),
    from,
    arrivedAt: from + (arrivedMs ?? 0) / 1000,
    arrivedMs,
    spokeMs,
    spokeAt,
    silence,
    socketKept: flagIn(event, 'socket_kept'),
    done: true,
  };
}

function endingAt(to: number, ms: number) {
  return { ms, from: to - ms / 1000, to };
}
