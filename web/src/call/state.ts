/** The state of the page's call, and what changes it. Pure: no room, no network, no clock. */
import type { AgentState } from '@livekit/components-react';
import { isPast, settled, withHandoff, withPerson, withSaid, withTool, type Entry, type Origin, type Said } from './conversation';
import type { LineEvent } from './events';
import type { MicrophoneState } from './microphone';
import type { Problem } from './problem';

/**
 * idle: no call · calling: asked for, not in the room · waiting: in the room, no agent yet · live: an agent is there ·
 * lost: cut off, can be continued · over: ended.
 */
export type Phase = 'idle' | 'calling' | 'waiting' | 'live' | 'lost' | 'over';

export interface CallState {
  phase: Phase;
  problem?: Problem | undefined;
  /** Why the call is over: the line's own reasons, or `you`. */
  ended?: string | undefined;
  /** Whether an earlier call of this tab can be continued. */
  resumable: boolean;
  agent?: string | undefined;
  agentState: AgentState;
  /** Agents in the order in which they had the caller. */
  visited: string[];
  /** quiet: the caller is connected, but nothing comes from the agent. */
  link: 'fine' | 'quiet' | 'lost' | 'restored';
  microphone: MicrophoneState;
  entries: Entry[];
  /** The numbers of the events that came, by sender: an event may be sent again. */
  heard: Record<string, number[]>;
  /** Where the caller began to speak: their words come late, often after the answer began. */
  anchor?: number | undefined;
  /** Milliseconds since the epoch. */
  startedAt?: number | undefined;
  endedAt?: number | undefined;
}

/** What was said; `agent` of what an agent said. */
export type Words = Omit<Said, 'kind'>;

export type Action =
  | { type: 'called'; continued: boolean; microphone: MicrophoneState }
  | { type: 'failed'; problem: Problem; resumable: boolean }
  | { type: 'connected'; at: number }
  | { type: 'answered' }
  | { type: 'agent'; agent: string }
  | { type: 'agentState'; state: AgentState }
  | { type: 'callerSpeaks' }
  | { type: 'said'; said: Words }
  | { type: 'event'; event: LineEvent; sender: string }
  | { type: 'link'; link: CallState['link'] }
  | { type: 'microphone'; microphone: MicrophoneState }
  | { type: 'lost'; problem: Problem }
  | { type: 'over'; reason: string; at: number };

export const initial = (resumable: boolean): CallState => ({
  phase: 'idle',
  resumable,
  agentState: 'connecting',
  visited: [],
  link: 'fine',
  microphone: 'off',
  entries: [],
  heard: {},
});

export function reduce(state: CallState, action: Action): CallState {
  switch (action.type) {
    case 'called':
      return called(state, action);
    case 'failed':
      return { ...initial(action.resumable), problem: action.problem };
    case 'connected':
      return { ...state, phase: 'waiting', startedAt: state.startedAt ?? action.at };
    case 'answered':
      return state.phase === 'waiting' ? { ...state, phase: 'live' } : state;
    case 'agent':
      return withAgent(state, action.agent);
    case 'agentState':
      return { ...state, agentState: action.state };
    case 'callerSpeaks':
      return { ...state, anchor: state.entries.length };
    case 'said':
      return withWords(state, action.said);
    case 'event':
      return withEvent(state, action.event, action.sender);
    case 'link':
      return { ...state, link: action.link };
    case 'microphone':
      return { ...state, microphone: action.microphone };
    case 'lost':
      return { ...state, ...closed(state), phase: 'lost', problem: action.problem };
    case 'over':
      return { ...state, ...closed(state), phase: 'over', ended: action.reason, endedAt: action.at, resumable: false };
  }
}

function called(state: CallState, action: Extract<Action, { type: 'called' }>): CallState {
  const fresh: CallState = { ...initial(false), phase: 'calling', microphone: action.microphone };
  if (!action.continued) return fresh;
  const { entries, heard, agent, visited, startedAt } = state;
  const note: Entry = { kind: 'resumed', id: `resumed-${entries.length}` };
  return { ...fresh, entries: [...entries, note], heard, agent, visited, startedAt };
}

function withAgent(state: CallState, agent: string): CallState {
  if (state.agent === agent) return state;
  return { ...state, agent, visited: [...state.visited, agent] };
}

function withWords(state: CallState, words: Words): CallState {
  const spoken = words.who === 'caller' && !words.typed;
  const known = state.entries.some((entry) => entry.kind === 'said' && entry.id === words.id);
  const said: Said = { ...words, kind: 'said' };
  if (!spoken || known) return { ...state, entries: withSaid(state.entries, said) };
  const place = placeOf(state);
  return { ...state, entries: withSaid(state.entries, said, place), anchor: undefined };
}

/** Before the one answer that may have begun meanwhile; an anchor further back is stale. */
function placeOf({ entries, anchor = entries.length }: CallState): number {
  const answers = entries.slice(anchor).filter((entry) => entry.kind === 'said' && entry.who === 'agent');
  return answers.length > 1 ? entries.length : anchor;
}

function withEvent(state: CallState, event: LineEvent, sender: string): CallState {
  const { seq } = event;
  if (seq === undefined) return withNews(state, event);
  const before = state.heard[sender] ?? [];
  if (before.includes(seq)) return state;
  const heard = { ...state.heard, [sender]: [...before, seq] };
  return withNews({ ...state, heard }, event, { sender, seq });
}

function withNews(state: CallState, event: LineEvent, origin?: Origin): CallState {
  const { entries } = state;
  switch (event.kind) {
    case 'handoff':
      return { ...moved(state, event, origin), entries: withHandoff(entries, event.to, origin) };
    case 'person':
      return { ...state, entries: withPerson(entries, event, origin) };
    case 'ended':
      return { ...state, ended: event.reason };
    case 'moving':
    case 'taken':
      return state;
    default:
      return { ...state, entries: withTool(entries, event, origin) };
  }
}

/** A handoff from before the last one says only where the caller has been. */
function moved(state: CallState, { from, to }: { from: string; to: string }, origin: Origin | undefined): CallState {
  if (!isPast(state.entries, origin)) return withAgent(state, to);
  const { visited } = state;
  const next = visited.lastIndexOf(from) + 1;
  return visited[next] === to ? state : { ...state, visited: visited.toSpliced(next, 0, to) };
}

function closed(state: CallState): Pick<CallState, 'entries' | 'microphone' | 'link'> {
  return { entries: settled(state.entries), microphone: 'off', link: 'fine' };
}
