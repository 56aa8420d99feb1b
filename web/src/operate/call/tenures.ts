/** Who had the caller, and when: an agent, or a person. */
import type { LedgerEvent } from '../types';
import { textIn } from './field';
import type { Handoff } from './handoffs';

export interface Tenure {
  who: 'agent' | 'person';
  name: string;
  from: number;
  to: number;
}

const BACK = new Set(['handed_back', 'cut_off']);

export function tenuresOf(events: LedgerEvent[], handoffs: Handoff[], until: number): Tenure[] {
  const taken = [...events.flatMap(takenIn), ...handoffs.filter(({ done }) => done).map(handed)];
  taken.sort((one, other) => one.from - other.from);
  return taken.map((tenure, index) => ({ ...tenure, to: taken[index + 1]?.from ?? Math.max(until, tenure.from) }));
}

type Taken = Omit<Tenure, 'to'>;

function takenIn(event: LedgerEvent): Taken[] {
  if (event.kind === 'answered') return [{ who: 'agent', name: textIn(event, 'agent'), from: event.at }];
  if (event.kind !== 'person') return [];
  const stage = textIn(event, 'stage');
  if (stage === 'joined') return [{ who: 'person', name: textIn(event, 'target'), from: event.at }];
  return BACK.has(stage) ? [{ who: 'agent', name: textIn(event, 'agent'), from: event.at }] : [];
}

function handed({ target, arrivedAt }: Handoff): Taken {
  return { who: 'agent', name: target, from: arrivedAt };
}
