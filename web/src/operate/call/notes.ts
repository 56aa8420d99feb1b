/** An event in words: what stands in the transcript beside what was said, and on the lane of events. */
import type { LedgerEvent } from '../types';
import { readable } from './cast';
import { span } from './durations';
import { flagIn, listIn, numberIn, recordIn, textIn } from './field';
import { texts } from './texts';

export type Tone = 'plain' | 'good' | 'warn' | 'alarm' | 'person' | 'quiet';

export interface Note {
  tone: Tone;
  title: string;
  text: string;
}

type Names = (id: string) => string;
type Teller = (event: LedgerEvent, names: Names) => Note;

const STAMP = new Set(['kind', 'seq', 'at', 'wall']);
const TROUBLE = new Set(['declined', 'not_accepted', 'hung_up', 'busy', 'no_answer', 'failed', 'unreached', 'cut_off']);

export function noteOf(event: LedgerEvent, names: Names): Note {
  const tell = Object.hasOwn(TELLERS, event.kind) ? TELLERS[event.kind] : undefined;
  return tell ? tell(event, names) : note('quiet', readable(event.kind), fieldsOf(event));
}

/** Whether the page knows such an event: one that it does not is shown as it is. */
export function isKnown(kind: string): boolean {
  return Object.hasOwn(TELLERS, kind) || SHOWN_ELSEWHERE.has(kind);
}

const SHOWN_ELSEWHERE = new Set([
  'caller_spoke', 'agent_spoke', 'person_spoke', 'tool_called', 'tool_returned', 'handoff_asked', 'handoff_done',
]);

const say = texts.notes;

const TELLERS: Record<string, Teller> = {
  answered: (event, names) => {
    const resumes = textIn(event, 'resumes');
    const title = say.answered(textIn(event, 'line'), names(textIn(event, 'agent')), textIn(event, 'provider'));
    return note('plain', title, resumes && say.resumes(resumes));
  },
  ended: (event) => note('plain', say.ended(outcome(textIn(event, 'reason')))),
  error: (event) => {
    const fatal = flagIn(event, 'recoverable') ? '' : say.fatal;
    return note('alarm', say.error(shortened(textIn(event, 'source'))), joined(textIn(event, 'message'), fatal));
  },
  recovered: (event) => note('good', say.recovered(readable(textIn(event, 'source')), milliseconds(event, 'ms'))),
  repeated: (event) => note('warn', say.repeated(textIn(event, 'tool'), String(numberIn(event, 'times') ?? ''))),
  said_not_done: (event) => {
    const tools = say.wouldBe(listIn(event, 'tools').join(', '));
    const text = joined(`“${textIn(event, 'text')}”`, tools, flagIn(event, 'corrected') ? say.corrected : '');
    return note('warn', say.saidNotDone, text);
  },
  verification_held: (event) => note('warn', say.held(listIn(event, 'held').join(', '))),
  call_transferred: (event, names) => {
    const result = textIn(event, 'outcome');
    const tone = result === 'done' ? 'person' : 'warn';
    return note(tone, say.transferred(names(textIn(event, 'target')), readable(result).toLowerCase()));
  },
  person: (event, names) => {
    const stage = textIn(event, 'stage');
    const person = names(textIn(event, 'target'));
    const title = say.person[stage]?.(person) ?? `${person}: ${readable(stage).toLowerCase()}`;
    return note(TROUBLE.has(stage) ? 'warn' : 'person', title);
  },
  rescue: (event, names) => {
    const by = joined(textIn(event, 'by'), names(textIn(event, 'target')));
    return note('warn', say.rescue(by, readable(textIn(event, 'outcome')).toLowerCase()));
  },
  recording: (event) => {
    const stage = textIn(event, 'stage');
    const text = joined(listIn(event, 'lanes').join(', '), textIn(event, 'reason'));
    return note(stage === 'failed' ? 'alarm' : 'quiet', say.recording(stage), text);
  },
  erased: (event) => note('warn', say.erased, event.wall ?? ''),
  speaks: (event, names) => note('quiet', say.speaks(names(textIn(event, 'agent')))),
  filled: () => note('quiet', say.music),
  remembered: (event) => note('quiet', say.remembered, fieldsOf(event)),
  used: (event) => {
    const units = Object.entries(recordIn(event, 'units')).map(([unit, amount]) => `${unit} ${String(amount)}`);
    return note('quiet', say.used(readable(textIn(event, 'work')), textIn(event, 'model')), units.join(', '));
  },
  turn: (event) => note('quiet', say.turn, fieldsOf(event)),
};

function note(tone: Tone, title: string, text = ''): Note {
  return { tone, title, text };
}

/** All that an event says, as it says it. */
export function fieldsOf(event: LedgerEvent): string {
  const fields = Object.entries(event).filter(([name, value]) => !STAMP.has(name) && value !== null && value !== '');
  return fields.map(([name, value]) => `${name}: ${written(value)}`).join(', ');
}

export function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function outcome(reason: string): string {
  return (Object.hasOwn(texts.outcomes, reason) && texts.outcomes[reason]) || readable(reason).toLowerCase();
}

/** "livekit.plugins.openai.realtime.RealtimeModel" as "RealtimeModel". */
function shortened(source: string): string {
  return source.split('.').at(-1) ?? source;
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

function milliseconds(event: LedgerEvent, field: string): string {
  const ms = numberIn(event, field);
  return ms === null ? texts.unknown : span(ms);
}
