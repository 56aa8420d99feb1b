/** What services were used for, as it accrued. */
import type { LedgerEvent } from '../types';
import { recordIn, textIn } from './field';

export interface Used {
  seq: number;
  at: number;
  agent: string;
  work: string;
  model: string;
  units: Record<string, number>;
  /** Null: not known. Undefined: not told. */
  cost: number | null | undefined;
}

/** The sum until then, of all agents. */
export interface Accrued {
  at: number;
  tokens: number;
  /** Of what is known. */
  cost: number;
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
  let [tokens, cost] = [0, 0];
  return used.map((each) => {
    tokens += tokensIn(each.units);
    cost += each.cost ?? 0;
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

function costIn(event: LedgerEvent): number | null | undefined {
  if (!('cost' in event)) return undefined;
  const amount = recordIn(event, 'cost')['amount'];
  const cost = typeof amount === 'string' ? Number(amount) : amount;
  return typeof cost === 'number' && Number.isFinite(cost) ? cost : null;
}
