/** What services were used for, as it accrued. */
import type { Cost, LedgerEvent } from '../types';
import { costIn, NOTHING, plus } from './cost';
import { recordIn, textIn } from './field';

export interface Used {
  seq: number;
  at: number;
  agent: string;
  work: string;
  model: string;
  units: Record<string, number>;
  cost: Cost;
}

/** The sum until then, of all agents. */
export interface Accrued {
  at: number;
  tokens: number;
  cost: Cost;
}

export function usedIn(events: LedgerEvent[]): Used[] {
  return events.filter((event) => event.kind === 'used').map((event) => ({
    seq: event.seq,
    at: event.at,
    agent: textIn(event, 'agent'),
    work: textIn(event, 'work'),
    model: textIn(event, 'model'),
    units: unitsIn(event),
    cost: costIn(event),
  }));
}

export function accrued(used: Used[]): Accrued[] {
  let tokens = 0;
  let cost = NOTHING;
  return used.map((each) => {
    tokens += tokensIn(each.units);
    cost = plus(cost, each.cost);
    return { at: each.at, tokens, cost };
  });
}

/** Units by agent, and by kind, in the order of their first use. */
export function byAgent(used: Used[]): Map<string, Record<string, number>> {
  const sums = new Map<string, Record<string, number>>();
  for (const { agent, units } of used) {
    const sum = sums.get(agent) ?? {};
    for (const [unit, amount] of Object.entries(units)) sum[unit] = (sum[unit] ?? 0) + amount;
    sums.set(agent, sum);
  }
  return sums;
}

export function tokensIn(units: Record<string, number>): number {
  const tokens = Object.entries(units).filter(([unit]) => /_(in|out)(_cached)?$/.test(unit));
  return tokens.reduce((sum, [, amount]) => sum + amount, 0);
}

function unitsIn(event: LedgerEvent): Record<string, number> {
  const units = Object.entries(recordIn(event, 'units')).filter(([, amount]) => typeof amount === 'number');
  return Object.fromEntries(units) as Record<string, number>;
}
