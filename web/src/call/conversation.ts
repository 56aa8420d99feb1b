/** The conversation as the page shows it: who said what, which tools ran, who took over. Pure functions on a list. */
import type { LineEvent } from './events';

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
}

export interface Handoff {
  kind: 'handoff';
  id: string;
  to: string;
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
}

export type Entry = Said | ToolRun | Handoff | Resumed | PersonCall;

/** Tools that move the call rather than do something for the caller; the page shows those in its own way. */
const SILENT_TOOLS = /^(transfer_to_.+|end_call)$/;

/** The list with what was said: a known id is brought up to date, a new one stands at `place` (default: the end). */
export function withSaid(entries: Entry[], said: Said, place = entries.length): Entry[] {
  const known = entries.findIndex((entry) => entry.kind === 'said' && entry.id === said.id);
  if (known < 0) return said.text.trim() === '' ? entries : entries.toSpliced(place, 0, said);
  const before = entries[known] as Said;
  return entries.with(known, said.text === '' ? { ...before, final: said.final } : said);
}

export function withTool(entries: Entry[], event: Extract<LineEvent, { tool: string }>): Entry[] {
  if (SILENT_TOOLS.test(event.tool)) return entries;
  const known = entries.findIndex((entry) => entry.kind === 'tool' && entry.id === event.id);
  const outcome = event.kind === 'tool_called' ? 'running' : event.failed ? 'failed' : 'done';
  const run: ToolRun = { kind: 'tool', id: event.id, tool: event.tool, outcome };
  return known < 0 ? [...entries, run] : entries.with(known, run);
}

export function withPerson(entries: Entry[], event: Extract<LineEvent, { kind: 'person' }>): Entry[] {
  if (event.state === 'unreached') return withOutcome(entries, event.person, 'failed');
  return [...entries, { kind: 'person', id: `person-${entries.length}`, person: event.person, outcome: 'running' }];
}

function withOutcome(entries: Entry[], person: string, outcome: PersonCall['outcome']): Entry[] {
  return entries.map((entry) =>
    entry.kind === 'person' && entry.person === person && entry.outcome === 'running' ? { ...entry, outcome } : entry,
  );
}

export function withHandoff(entries: Entry[], to: string): Entry[] {
  return [...withOutcome(entries, to, 'done'), { kind: 'handoff', id: `handoff-${entries.length}`, to }];
}

/** The list as it stays when a call is over: nothing is still being said or running. */
export function settled(entries: Entry[]): Entry[] {
  return entries
    .filter((entry) => !('outcome' in entry) || entry.outcome !== 'running')
    .map((entry) => (entry.kind === 'said' ? { ...entry, final: true } : entry));
}
