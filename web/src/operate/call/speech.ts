/**
 * What was said, each with its time. The ledger has a sentence when it is over; where it began is known from the turn or
 * handoff that it answers, and is else estimated by its length.
 */
import type { LedgerEvent } from '../types';
import { flagIn, textIn } from './field';
import type { Handoff } from './handoffs';
import type { Turn } from './turns';

export interface Speech {
  seq: number;
  who: 'caller' | 'agent' | 'person';
  /** The agent or the person; '' for the caller. */
  name: string;
  text: string;
  from: number;
  to: number;
  /** The caller spoke over it. */
  interrupted: boolean;
  /** On the keypad. */
  typed: boolean;
  /** Words, or music, for somebody who waits. */
  filler: boolean;
  /** Whether `from` is known, and not estimated. */
  exact: boolean;
}

/** Characters a second of usual speech. */
export const PACE = 15;
/** A transcript can come a little before its turn is known to have ended. */
const EARLY = 0.5;
const KEYPAD = '(typed on the keypad)';

export function speechOf(events: LedgerEvent[], turns: Turn[], handoffs: Handoff[]): Speech[] {
  const starts = firstSounds(events, turns, handoffs);
  const until: Record<Speech['who'], number> = { caller: 0, agent: 0, person: 0 };
  const said: Speech[] = [];
  for (const event of events) {
    const speech = speechIn(event, turns, starts, until);
    if (!speech) continue;
    until[speech.who] = Math.max(until[speech.who], speech.to);
    said.push(speech);
  }
  return said;
}

function speechIn(
  event: LedgerEvent,
  turns: Turn[],
  starts: number[],
  until: Record<Speech['who'], number>,
): Speech | null {
  switch (event.kind) {
    case 'caller_spoke':
      return callers(event, turns, until.caller);
    case 'agent_spoke':
      return agents(event, turns, starts, until.agent);
    case 'filled':
      return fillers(event);
    case 'person_spoke':
      return { ...plain(event, 'person', textIn(event, 'target')), ...guessed(event, until.person, event.at) };
    default:
      return null;
  }
}

/** Who is heard now, of whose sentence the ledger does not have the words yet. */
export function speakingIn(events: LedgerEvent[]): { agent: string; from: number } | null {
  const begun = events.findLast(({ kind }) => kind === 'speaks');
  const over = begun && events.some(({ kind, seq }) => seq > begun.seq && ENDS_SPEECH.has(kind));
  return begun && !over ? { agent: textIn(begun, 'agent'), from: begun.at } : null;
}

const ENDS_SPEECH = new Set(['agent_spoke', 'turn', 'handoff_done', 'ended']);

function plain(event: LedgerEvent, who: Speech['who'], name: string) {
  const nothing = { interrupted: false, typed: false, filler: false, exact: false };
  return { seq: event.seq, who, name, text: textIn(event, 'text'), ...nothing };
}

function callers(event: LedgerEvent, turns: Turn[], free: number): Speech {
  const speech = plain(event, 'caller', '');
  if (speech.text.includes(KEYPAD)) return { ...speech, typed: true, exact: true, from: event.at, to: event.at };
  const ended = turns.findLast((turn) => turn.endedAt <= event.at + EARLY && turn.endedAt > free + 0.01)?.endedAt;
  const to = ended ?? event.at;
  const overAgent = turns.flatMap((turn) => turn.interruptedAt ?? []);
  return { ...speech, ...begun(event, overAgent, free, to) };
}

function agents(event: LedgerEvent, turns: Turn[], starts: number[], free: number): Speech {
  const interrupted = flagIn(event, 'interrupted');
  const cut = interrupted ? turns.findLast((turn) => isWithin(turn.interruptedAt, free, event.at)) : undefined;
  const to = cut?.interruptedAt ?? event.at;
  return { ...plain(event, 'agent', textIn(event, 'agent')), interrupted, ...begun(event, starts, free, to) };
}

function fillers(event: LedgerEvent): Speech {
  const to = event.at + textIn(event, 'text').length / PACE;
  return { ...plain(event, 'agent', textIn(event, 'agent')), filler: true, exact: true, from: event.at, to };
}

/** From the first of the known `starts` that fits, else as long as its words take. */
function begun(event: LedgerEvent, starts: number[], free: number, to: number) {
  const longest = 3 * (textIn(event, 'text').length / PACE) + 2;
  const from = starts.find((start) => start >= free - 0.05 && start < to && to - start <= longest);
  return from === undefined ? guessed(event, free, to) : { from, to, exact: true };
}

function guessed(event: LedgerEvent, free: number, to: number) {
  return { from: Math.max(Math.min(free, to), to - textIn(event, 'text').length / PACE), to, exact: false };
}

function firstSounds(events: LedgerEvent[], turns: Turn[], handoffs: Handoff[]): number[] {
  const told = events.filter(({ kind }) => kind === 'speaks').map(({ at }) => at);
  const sounds = [...turns.map((turn) => turn.firstSoundAt), ...handoffs.map((handoff) => handoff.spokeAt), ...told];
  return sounds.filter((sound) => sound !== null).sort((one, other) => one - other);
}

function isWithin(at: number | null, from: number, to: number): boolean {
  return at !== null && at > from && at <= to + 0.05;
}
