/** Turns: from the caller's last word to the agent's answer. Seconds since the call began. */
import type { LedgerEvent } from '../types';
import { numberIn, textIn } from './field';

export interface Turn {
  seq: number;
  agent: string;
  endedAt: number;
  /** Null: there was none. */
  firstTokenMs: number | null;
  firstSoundMs: number | null;
  firstSoundAt: number | null;
  interruptedAt: number | null;
  silence: { ms: number; from: number; to: number };
}

/** In the order in which they ended. */
export function turnsOf(events: LedgerEvent[]): Turn[] {
  return events
    .filter((event) => event.kind === 'turn')
    .map(turnOf)
    .sort((one, other) => one.endedAt - other.endedAt);
}

function turnOf(event: LedgerEvent): Turn {
  const endedAt = numberIn(event, 'ended_at') ?? event.at;
  const firstSoundMs = numberIn(event, 'first_sound_ms');
  // whoever heard nothing heard nothing until the turn was over
  const ms = numberIn(event, 'silence_ms') ?? Math.max(0, (event.at - endedAt) * 1000);
  return {
    seq: event.seq,
    agent: textIn(event, 'agent'),
    endedAt,
    firstTokenMs: numberIn(event, 'first_token_ms'),
    firstSoundMs,
    firstSoundAt: firstSoundMs === null ? null : endedAt + firstSoundMs / 1000,
    interruptedAt: numberIn(event, 'interrupted_at'),
    silence: { ms, from: endedAt, to: endedAt + ms / 1000 },
  };
}
