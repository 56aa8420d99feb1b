/** Music for a caller who waits: from its event until somebody is heard again. */
import type { LedgerEvent } from '../types';
import { textIn } from './field';

export interface Music {
  seq: number;
  agent: string;
  from: number;
  /** Null while it lasts. */
  to: number | null;
}

const STOPS = new Set(['agent_spoke', 'handoff_done', 'filled', 'ended', 'caller_spoke']);
const PERSON_STOPS = new Set(['joined', 'handed_back', 'cut_off', 'unreached', 'given_up']);

export function musicOf(events: LedgerEvent[], starts: (seq: number) => number | undefined): Music[] {
  const played: Music[] = [];
  for (const event of events) {
    const last = played.at(-1);
    if (last?.to === null && stops(event)) last.to = Math.max(last.from, starts(event.seq) ?? event.at);
    if (event.kind === 'filled' && textIn(event, 'text') === '') {
      played.push({ seq: event.seq, agent: textIn(event, 'agent'), from: event.at, to: null });
    }
  }
  return played;
}

function stops(event: LedgerEvent): boolean {
  return STOPS.has(event.kind) || (event.kind === 'person' && PERSON_STOPS.has(textIn(event, 'stage')));
}
