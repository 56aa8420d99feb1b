/** The transcript: a row for each thing that was said or happened, in the order of time. */
import type { LedgerEvent } from '../types';
import type { Chronicle } from './chronicle';
import { isErased } from './erased';
import type { Handoff } from './handoffs';
import { noteOf, type Note } from './notes';
import type { Speech } from './speech';
import type { ToolRun } from './tools';
import type { Turn } from './turns';

interface Placed {
  id: string;
  seq: number;
  at: number;
  /** Whether it is a turn that one can step to. */
  step: boolean;
}

export interface SaidRow extends Placed {
  kind: 'said';
  speech: Speech;
  /** The turn that this answers. */
  turn: Turn | null;
}

export interface ToolRow extends Placed {
  kind: 'tool';
  run: ToolRun;
}

export interface HandoffRow extends Placed {
  kind: 'handoff';
  handoff: Handoff;
}

export interface NoteRow extends Placed {
  kind: 'note';
  note: Note;
}

/** A caller who was not answered. */
export interface TurnRow extends Placed {
  kind: 'turn';
  turn: Turn;
}

export type Row = SaidRow | ToolRow | HandoffRow | NoteRow | TurnRow;

const ELSEWHERE = new Set([
  'caller_spoke', 'agent_spoke', 'person_spoke', 'tool_called', 'tool_returned', 'handoff_asked', 'handoff_done',
]);
/** What only those want to read who look for something. */
const QUIET = new Set(['used', 'remembered', 'turn', 'speaks']);

/** `all`: with every event that there is. */
export function rowsOf(story: Chronicle, all: boolean): Row[] {
  const answered = answersOf(story);
  const rows: Row[] = [
    ...story.said.map((speech) => saidRow(speech, answered.get(speech.seq) ?? null)),
    ...story.tools.map((run): Row => ({ ...placed('tool', run.seq, run.from), kind: 'tool', run })),
    ...story.handoffs.map((handoff): Row => ({ ...placed('handoff', handoff.seq, handoff.from), kind: 'handoff', handoff })),
    ...(isErased(story.events) ? [] : unanswered(story, answered)),
    ...story.events.filter((event) => isNote(event, all)).map((event) => noteRow(event, story)),
    ...story.findings.map((finding, index): Row => {
      const note: Note = { tone: 'warn', title: finding.sentence, text: finding.rule };
      return { ...placed(`finding-${index}`, index, finding.at), kind: 'note', note };
    }),
  ];
  return rows.sort((one, other) => one.at - other.at || one.seq - other.seq);
}

/** The row that is at hand at that time; -1 before the first. */
export function rowAt(rows: Row[], at: number): number {
  return rows.findLastIndex((row) => row.at <= at + 0.01);
}

/** Where the next turn begins, or the one before; undefined at the end. */
export function stepFrom(rows: Row[], at: number, way: 1 | -1): number | undefined {
  const steps = rows.filter(({ step }) => step);
  if (way > 0) return steps.find((row) => row.at > at + 0.02)?.at;
  return steps.findLast((row) => row.at < at - 0.02)?.at;
}

function placed(kind: string, seq: number, at: number, step = false): Placed {
  return { id: `${kind}-${seq}`, seq, at, step };
}

function saidRow(speech: Speech, turn: Turn | null): Row {
  return { ...placed('said', speech.seq, speech.from, !speech.filler), kind: 'said', speech, turn };
}

/** By the event that is its answer: the first words of an agent since the caller had finished. */
function answersOf({ said, turns }: Chronicle): Map<number, Turn> {
  const answers = new Map<number, Turn>();
  const spoken = said.filter(({ who, filler }) => who === 'agent' && !filler);
  for (const turn of turns) {
    if (turn.firstSoundAt === null) continue;
    const sound = turn.firstSoundAt;
    const answer = spoken.find(({ from, to, seq }) => to > sound && from >= turn.endedAt - 0.1 && !answers.has(seq));
    if (answer) answers.set(answer.seq, turn);
  }
  return answers;
}

function unanswered({ turns }: Chronicle, answers: Map<number, Turn>): Row[] {
  const known = new Set([...answers.values()]);
  const without = turns.filter((turn) => !known.has(turn));
  return without.map((turn): Row => ({ ...placed('turn', turn.seq, turn.endedAt), kind: 'turn', turn }));
}

function isNote(event: LedgerEvent, all: boolean): boolean {
  if (ELSEWHERE.has(event.kind)) return false;
  if (event.kind === 'filled') return event['text'] === '';
  return all || !QUIET.has(event.kind);
}

function noteRow(event: LedgerEvent, story: Chronicle): Row {
  return { ...placed('note', event.seq, event.at), kind: 'note', note: noteOf(event, story.cast.nameOf) };
}
