/** All that the events of a call tell, folded: what the lanes and the transcript are drawn from. */
import type { CallStory, Finding, LedgerEvent, LineMap } from '../types';
import { castOf, type Cast } from './cast';
import { isErased } from './erased';
import { textIn } from './field';
import { fitted, type Waves } from './fit';
import { handoffsOf, type Handoff } from './handoffs';
import { musicOf, type Music } from './music';
import { personsOf, type PersonSpan } from './persons';
import { silencesOf, type Silence, type Stretch } from './silences';
import { speakingIn, speechOf, type Speech } from './speech';
import { tenuresOf, type Tenure } from './tenures';
import { toolsOf, type ToolRun } from './tools';
import { troublesOf, type Trouble } from './troubles';
import { turnsOf, type Turn } from './turns';
import { accrued, usedIn, type Accrued, type Used } from './usage';

export interface Chronicle {
  events: LedgerEvent[];
  findings: Finding[];
  cast: Cast;
  said: Speech[];
  speaking: { agent: string; from: number } | null;
  turns: Turn[];
  handoffs: Handoff[];
  tools: ToolRun[];
  persons: PersonSpan[];
  music: Music[];
  silences: Silence[];
  tenures: Tenure[];
  troubles: Trouble[];
  used: Used[];
  accrued: Accrued[];
  /** Seconds until the call ended, or until its last event; its recording is stored after that. */
  length: number;
  over: boolean;
}

export function chronicleOf(
  story: Pick<CallStory, 'events' | 'findings'>,
  line: LineMap | undefined,
  waves: Waves = {},
): Chronicle {
  const events = story.events.toSorted((one, other) => one.seq - other.seq);
  const length = events.reduce((most, event) => (isStored(event) ? most : Math.max(most, event.at)), 0);
  const turns = turnsOf(events);
  const handoffs = handoffsOf(events);
  const said = fitted(speechOf(events, turns, handoffs), waves).filter(({ text }) => text !== '');
  const starts = new Map(said.map(({ seq, from }) => [seq, from]));
  const music = musicOf(events, (seq) => starts.get(seq));
  const persons = personsOf(events);
  const used = usedIn(events);
  return {
    events,
    findings: story.findings,
    cast: castOf(events, line),
    said,
    speaking: speakingIn(events),
    turns,
    handoffs,
    tools: toolsOf(events),
    persons,
    music,
    silences: silencesOf(turns, handoffs, isErased(events) ? [{ from: 0, to: length }] : heard(said, music, persons, length), length),
    tenures: tenuresOf(events, handoffs, length),
    troubles: troublesOf(events),
    used,
    accrued: accrued(used),
    length,
    over: events.some(({ kind }) => kind === 'ended'),
  };
}

function isStored(event: LedgerEvent): boolean {
  return event.kind === 'recording' && ['stored', 'failed'].includes(textIn(event, 'stage'));
}

/** When somebody was heard, or can have been: what a person says is not always told. */
function heard(said: Speech[], music: Music[], persons: PersonSpan[], until: number): Stretch[] {
  const spoken = said.filter(({ typed }) => !typed);
  const present = persons.filter(({ what }) => what === 'with the caller');
  const open = [...music, ...present].map(({ from, to }) => ({ from, to: to ?? until }));
  return [...spoken, ...open];
}
