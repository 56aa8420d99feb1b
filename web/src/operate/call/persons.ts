/** People outside of the line: when their phones ring, and when they have the caller. */
import type { LedgerEvent } from '../types';
import { numberIn, textIn } from './field';

export interface PersonSpan {
  seq: number;
  target: string;
  what: 'ringing' | 'briefed' | 'with the caller';
  phone: number;
  from: number;
  /** Null while it lasts. */
  to: number | null;
  /** How it ended: the step's name. */
  ended: string | null;
}

const BEGINS: Record<string, PersonSpan['what']> = {
  called: 'ringing',
  answered: 'briefed',
  joined: 'with the caller',
};
const GOES_ON = new Set(['ringing', 'accepted']);

export function personsOf(events: LedgerEvent[]): PersonSpan[] {
  const spans: PersonSpan[] = [];
  for (const event of events) {
    if (event.kind === 'person') step(spans, event);
    else if (event.kind === 'ended') close(spans, event.at, 'ended');
  }
  return spans;
}

function step(spans: PersonSpan[], event: LedgerEvent): void {
  const stage = textIn(event, 'stage');
  if (GOES_ON.has(stage)) return;
  const [target, phone] = [textIn(event, 'target'), numberIn(event, 'phone') ?? 0];
  close(spans, event.at, stage, target);
  const what = BEGINS[stage];
  if (what) spans.push({ seq: event.seq, target, what, phone, from: event.at, to: null, ended: null });
}

function close(spans: PersonSpan[], at: number, ended: string, target?: string): void {
  for (const span of spans) {
    if (span.to === null && (target === undefined || span.target === target)) Object.assign(span, { to: at, ended });
  }
}
