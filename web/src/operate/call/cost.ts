/** Costs, and their sums. What has no price is in no sum, and is never nothing. */
import type { Bill, Cost, LedgerEvent } from '../types';
import { listIn, recordIn, textIn } from './field';

export const NOTHING: Cost = { amount: 0, currency: null, unknown: [] };

/** What the work of a `used` event has cost; one that does not tell is unknown. */
export function costIn(event: LedgerEvent): Cost {
  const { amount, currency, unknown } = recordIn(event, 'cost');
  const known = numberOf(amount);
  if (known !== null && typeof currency === 'string') return { amount: known, currency, unknown: [] };
  const models = Array.isArray(unknown) ? listIn({ ...event, unknown }, 'unknown') : [];
  return { amount: null, currency: null, unknown: models.length > 0 ? models : [textIn(event, 'model')] };
}

/** In two currencies there is no sum. */
export function plus(one: Cost, other: Cost): Cost {
  const unknown = [...new Set([...one.unknown, ...other.unknown])].sort();
  const known = [one, other].filter(({ currency }) => currency !== null);
  const currency = known[0]?.currency ?? null;
  if (known.some((each) => each.currency !== currency)) return { amount: null, currency: null, unknown };
  const amount = known.reduce((sum, each) => sum + (numberOf(each.amount) ?? 0), 0);
  return { amount: known.length === 0 && unknown.length > 0 ? null : amount, currency, unknown };
}

/** A bill with what was done since it was made; handoffs are reckoned by the server only. */
export function billWith(bill: Bill, events: LedgerEvent[]): Bill {
  let { total } = bill;
  const agents = { ...bill.agents };
  for (const event of events.filter(({ kind }) => kind === 'used')) {
    const [agent, cost] = [textIn(event, 'agent'), costIn(event)];
    total = plus(total, cost);
    agents[agent] = plus(agents[agent] ?? NOTHING, cost);
  }
  return { ...bill, total, agents };
}

export function numberOf(amount: unknown): number | null {
  const value = typeof amount === 'string' ? Number(amount) : amount;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
