/** The conversation as the page shows it: who said what, which tools ran, who took over. Pure functions on a list. */
import type { LineEvent } from './events';

/** The event that an entry tells of: the `seq`th that `sender` sent. Undefined for one without a number. */
export interface Origin {
  sender: string;
  seq: number;
}

export interface Said {
  kind: 'said';
  id: string;
  who: 'caller' | 'agent';
  agent?: string | undefined;
  text: string;
  final: boolean;
  typed?: boolean;
}

export interface ToolRun {
  kind: 'tool';
  id: string;
  tool: string;
  outcome: 'running' | 'done' | 'failed';
  origin?: Origin | undefined;
}

export interface Handoff {
  kind: 'handoff';
  id: string;
  to: string;
  origin?: Origin | undefined;
}

export interface Resumed {
  kind: 'resumed';
  id: string;
}

/** A person who is being called, outside of the line. */
export interface PersonCall {
  kind: 'person';
  id: string;
  person: string;
  outcome: ToolRun['outcome'];
  origin?: Origin | undefined;
}

export type Entry = Said | ToolRun | Handoff | Resumed | PersonCall;

/** Tools that move the call rather than do something for the caller; the page shows those in its own way. */
const SILENT_TOOLS = /^(transfer_to_.+|end_call)$/;

/** The list with what was said: a known id is brought up to date, a new one stands at `place` (default: the end). */
export function withSaid(entries: Entry[], said: Said, place = entries.length): Entry[] {
  const known = entries.findIndex((entry) => entry.kind === 'said' && entry.id === said.id);
  if (known < 0) return said.text.trim() === '' ? entries : entries.toSpliced(place, 0, said);
  return entries.with(known, renewed(entries[known] as Said, said));
}

/** A sentence that comes again grows from its beginning: what is shown of it already stays, and so does a final guess. */
function renewed(before: Said, said: Said): Said {
  if (said.who === 'caller') return before.final && !said.final ? before : said;
  return before.text.startsWith(said.text) ? { ...before, final: said.final } : said;
}

export function withTool(entries: Entry[], event: Extract<LineEvent, { tool: string }>, origin?: Origin): Entry[] {
  if (SILENT_TOOLS.test(event.tool)) return entries;
  const known = entries.find((entry) => entry.kind === 'tool' && entry.id === event.id);
  if (known && event.kind === 'tool_called') return entries;
  const outcome = event.kind === 'tool_called' ? 'running' : event.failed ? 'failed' : 'done';
  if (known) return entries.map((entry) => (entry === known ? { ...known, outcome } : entry));
  return placed(entries, { kind: 'tool', id: event.id, tool: event.tool, outcome, origin });
}

export function withPerson(entries: Entry[], event: Extract<LineEvent, { kind: 'person' }>, origin?: Origin): Entry[] {
  const { person, state } = event;
  const called: PersonCall = { kind: 'person', id: idOf('person', entries, origin), person, outcome: 'running', origin };
  if (state === 'called') return isAnswered(entries, called) ? entries : placed(entries, called);
  const running = entries.some((entry) => entry.kind === 'person' && entry.person === person && entry.outcome === 'running');
  return running ? withOutcome(entries, person, 'failed') : placed(entries, { ...called, outcome: 'failed' });
}

/** Whether the list tells already what became of a call to a person: its event comes late. */
function isAnswered(entries: Entry[], called: PersonCall): boolean {
  return entries.some((entry) => isAfter(entry, called.origin) && personOf(entry) === called.person);
}

function personOf(entry: Entry): string | undefined {
  if (entry.kind === 'person') return entry.person;
  return entry.kind === 'handoff' ? entry.to : undefined;
}

function withOutcome(entries: Entry[], person: string, outcome: PersonCall['outcome']): Entry[] {
  return entries.map((entry) =>
    entry.kind === 'person' && entry.person === person && entry.outcome === 'running' ? { ...entry, outcome } : entry,
  );
}

export function withHandoff(entries: Entry[], to: string, origin?: Origin): Entry[] {
  return placed(withOutcome(entries, to, 'done'), { kind: 'handoff', id: idOf('handoff', entries, origin), to, origin });
}

/** Whether the caller has moved on since the handoff of `origin`: it comes late. */
export function isPast(entries: Entry[], origin: Origin | undefined): boolean {
  return entries.some((entry) => entry.kind === 'handoff' && isAfter(entry, origin));
}

/** The list with `entry` at its end, or before what its sender told later. */
function placed(entries: Entry[], entry: Exclude<Entry, Said | Resumed>): Entry[] {
  const next = entries.findIndex((other) => isAfter(other, entry.origin));
  return next < 0 ? [...entries, entry] : entries.toSpliced(next, 0, entry);
}

function isAfter(entry: Entry, origin: Origin | undefined): boolean {
  if (!origin || !('origin' in entry) || !entry.origin) return false;
  return entry.origin.sender === origin.sender && entry.origin.seq > origin.seq;
}

function idOf(kind: Entry['kind'], entries: Entry[], origin: Origin | undefined): string {
  return origin ? `${kind}-${origin.sender}-${origin.seq}` : `${kind}-${entries.length}`;
}

/** The list as it stays when a call is over: nothing is still being said or running. */
export function settled(entries: Entry[]): Entry[] {
  return entries
    .filter((entry) => !('outcome' in entry) || entry.outcome !== 'running')
    .map((entry) => (entry.kind === 'said' ? { ...entry, final: true } : entry));
}
