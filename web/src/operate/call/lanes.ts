/** The lanes of a call: who and what, each with its spans over time. */
import type { Lane as Recorded } from '../types';
import { readable } from './cast';
import type { Chronicle } from './chronicle';
import { clock, span as milliseconds } from './durations';
import type { Handoff } from './handoffs';
import { isKnown, noteOf, written, type Tone } from './notes';
import type { PersonSpan } from './persons';
import type { Silence, Stretch } from './silences';
import type { Speech } from './speech';
import { texts } from './texts';
import type { ToolRun } from './tools';

export type SpanKind =
  | 'speech' | 'filler' | 'music' | 'keys' | 'tool' | 'ringing' | 'talk'
  | 'answer' | 'handoff' | 'nobody' | 'trouble' | 'mark' | 'finding' | 'paused';

export interface Span extends Stretch {
  id: string;
  kind: SpanKind;
  tone: Tone;
  /** What stands in it where there is room. */
  label: string;
  title: string;
  dead?: boolean;
  ms?: number;
  /** Of silence before an answer: seconds until the service began to answer. */
  token?: number;
  cut?: boolean;
}

export interface LaneOf {
  id: string;
  kind: 'events' | 'voice' | 'tools' | 'silence';
  name: string;
  who: 'caller' | 'agent' | 'person' | null;
  /** For `data-colour`, of an agent. */
  colour: string | null;
  /** Whose recording is drawn, and where. */
  wave: { lane: Recorded; within: Stretch[] } | null;
  /** When it had the caller. */
  held: Stretch[];
  spans: Span[];
}

export function lanesOf(story: Chronicle, until: number): LaneOf[] {
  const { cast } = story;
  return [
    { ...lane('events', 'events', texts.lanes.events), spans: sorted(eventSpans(story, until)) },
    callerLane(story, until),
    ...cast.agents.map((agent) => agentLane(story, agent, until)),
    ...cast.persons.map((person) => personLane(story, person, until)),
    ...(story.tools.length > 0 ? [{ ...lane('tools', 'tools', texts.lanes.tools), spans: story.tools.map((run) => toolSpan(run, until)) }] : []),
    { ...lane('silence', 'silence', texts.lanes.silence), spans: story.silences.map((silence) => silenceSpan(silence, story)) },
  ];
}

function lane(id: string, kind: LaneOf['kind'], name: string): LaneOf {
  return { id, kind, name, who: null, colour: null, wave: null, held: [], spans: [] };
}

function callerLane(story: Chronicle, until: number): LaneOf {
  const said = story.said.filter(({ who }) => who === 'caller').map(speechSpan);
  return {
    ...lane('caller', 'voice', texts.lanes.caller),
    who: 'caller',
    wave: { lane: 'caller', within: [{ from: 0, to: until }] },
    spans: sorted([...said, ...pausedSpans(story, until)]),
  };
}

function agentLane(story: Chronicle, agent: string, until: number): LaneOf {
  const held = story.tenures.filter(({ who, name }) => who === 'agent' && name === agent);
  const said = story.said.filter(({ who, name }) => who === 'agent' && name === agent).map(speechSpan);
  const music = story.music.filter((each) => each.agent === agent).map(({ seq, from, to }) => ({
    ...span(`music-${seq}`, 'music', from, to ?? until, texts.lanes.music), tone: 'quiet' as const,
  }));
  const handoffs = story.handoffs.filter(({ target, silence }) => target === agent && silence).map((handoff) => handoffSpan(handoff, story));
  return {
    ...lane(`agent-${agent}`, 'voice', story.cast.nameOf(agent)),
    who: 'agent',
    colour: story.cast.colourOf(agent),
    wave: { lane: 'agent', within: held },
    held,
    spans: sorted([...said, ...speakingSpan(story, agent, until), ...music, ...handoffs]),
  };
}

function personLane(story: Chronicle, person: string, until: number): LaneOf {
  const name = story.cast.nameOf(person);
  const theirs = story.persons.filter(({ target }) => target === person);
  const held = theirs.filter(({ what }) => what === 'with the caller').map(({ from, to }) => ({ from, to: to ?? until }));
  const said = story.said.filter(({ who, name: of }) => who === 'person' && of === person).map(speechSpan);
  return {
    ...lane(`person-${person}`, 'voice', name),
    who: 'person',
    wave: { lane: 'person', within: [{ from: 0, to: until }] },
    held,
    spans: sorted([...theirs.map((each) => personSpan(each, name, until)), ...said]),
  };
}

function speechSpan(speech: Speech): Span {
  const kind = speech.typed ? 'keys' : speech.filler ? 'filler' : 'speech';
  const cut = speech.interrupted ? ` (${texts.lanes.interrupted})` : '';
  const title = `${clock(speech.from, true)} ${speech.text}${cut}`;
  return { ...span(`said-${speech.seq}`, kind, speech.from, speech.to, speech.text, title), cut: speech.interrupted };
}

function speakingSpan({ speaking, over }: Chronicle, agent: string, until: number): Span[] {
  if (over || speaking?.agent !== agent) return [];
  return [span('speaking', 'speech', speaking.from, until, '…', texts.lanes.speaking)];
}

function toolSpan(run: ToolRun, until: number): Span {
  const time = run.ms === null ? texts.transcript.running : milliseconds(run.ms);
  const given = Object.entries(run.arguments).map(([name, value]) => `${name}: ${written(value)}`);
  const title = [`${clock(run.from, true)} ${run.tool}, ${time}`, ...given, run.result ?? ''].filter((line) => line !== '').join('\n');
  return { ...span(`tool-${run.seq}`, 'tool', run.from, run.to ?? until, run.tool, title), tone: run.failed ? 'alarm' : 'plain' };
}

function personSpan({ seq, what, phone, from, to, ended }: PersonSpan, name: string, until: number): Span {
  const kind = what === 'with the caller' ? 'talk' : 'ringing';
  const label = { ringing: texts.lanes.ringing(name, phone), briefed: texts.lanes.briefed(name), 'with the caller': texts.lanes.withCaller(name) }[what];
  const then = ended ? texts.lanes.ended(readable(ended).toLowerCase()) : '';
  return { ...span(`person-${seq}`, kind, from, to ?? until, label, `${clock(from, true)} ${label}${then}`), tone: 'person' };
}

function silenceSpan({ seq, of, from, to, ms, dead }: Silence, story: Chronicle): Span {
  const label = milliseconds(ms);
  const tokenMs = of === 'answer' ? (story.turns.find((turn) => turn.seq === seq)?.firstTokenMs ?? null) : null;
  const token = tokenMs === null ? '' : texts.lanes.token(milliseconds(tokenMs));
  const title = `${clock(from, true)} ${texts.lanes.silenceOf[of](label)}${dead ? texts.lanes.dead : ''}${token}`;
  const drawn = { ...span(`silence-${of}-${seq}`, of, from, to, label, title), dead, ms };
  return tokenMs === null || tokenMs > ms ? drawn : { ...drawn, token: tokenMs / 1000 };
}

function handoffSpan({ seq, source, target, silence, arrivedMs, spokeMs }: Handoff, story: Chronicle): Span {
  const { from, to, ms } = silence ?? { from: 0, to: 0, ms: 0 };
  const names = texts.lanes.handoff(story.cast.nameOf(source), story.cast.nameOf(target));
  const times = texts.lanes.handoffTimes(milliseconds(arrivedMs ?? 0), milliseconds(spokeMs ?? 0));
  const title = `${clock(from, true)} ${names}: ${texts.lanes.silenceOf.handoff(milliseconds(ms))}, ${times}`;
  return { ...span(`handoff-${seq}`, 'handoff', from, to, milliseconds(ms), title), ms, dead: ms > 2000 };
}

function pausedSpans(story: Chronicle, until: number): Span[] {
  const paused: Span[] = [];
  for (const event of story.events) {
    if (event.kind !== 'recording') continue;
    const last = paused.at(-1);
    if (last?.to === until) last.to = Math.min(until, event.at);
    const since = typeof event['since'] === 'number' ? event['since'] : event.at;
    if (event['stage'] === 'paused') paused.push(span(`paused-${event.seq}`, 'paused', since, until, '', texts.lanes.paused));
  }
  return paused;
}

/** Kinds of events that are drawn elsewhere, or not at all. */
const DRAWN = new Set(['used', 'remembered', 'turn', 'filled', 'error', 'recovered', 'answered', 'recording', 'speaks', 'erased']);

function eventSpans(story: Chronicle, until: number): Span[] {
  const { nameOf } = story.cast;
  const troubles = story.troubles.map((trouble) => {
    const title = trouble.message || texts.notes.recovered(readable(trouble.source), milliseconds(trouble.ms ?? 0));
    const back = trouble.to === null ? '' : `\n${texts.notes.recovered(readable(trouble.source), milliseconds(trouble.ms ?? 0))}`;
    const to = trouble.to ?? (trouble.recoverable ? trouble.from : Math.min(until, trouble.from));
    return { ...span(`trouble-${trouble.seq}`, 'trouble', trouble.from, to, title, `${clock(trouble.from, true)} ${title}${back}`), tone: 'alarm' as const };
  });
  const findings = story.findings.map(({ rule, at, sentence }, index) => ({
    ...span(`finding-${index}`, 'finding', at, at, readable(rule), `${clock(at, true)} ${sentence}`), tone: 'warn' as const,
  }));
  const marks = story.events
    .filter(({ kind }) => !DRAWN.has(kind) && (!isSpoken(kind) || !isKnown(kind)))
    .map((event) => {
      const { tone, title } = noteOf(event, nameOf);
      return { ...span(`mark-${event.seq}`, 'mark', event.at, event.at, title, `${clock(event.at, true)} ${title}`), tone };
    });
  return [...troubles, ...findings, ...marks];
}

const SPOKEN = /^(caller_spoke|agent_spoke|person_spoke|tool_.*|handoff_.*)$/;

function isSpoken(kind: string): boolean {
  return SPOKEN.test(kind);
}

function span(id: string, kind: SpanKind, from: number, to: number, label: string, title = label): Span {
  return { id, kind, from, to: Math.max(from, to), label, title, tone: 'plain' };
}

function sorted(spans: Span[]): Span[] {
  return spans.sort((one, other) => one.from - other.from);
}
