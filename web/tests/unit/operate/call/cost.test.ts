import { expect, it } from 'vitest';
import { billWith, costIn, NOTHING, plus } from '../../../../src/operate/call/cost';
import { grown } from '../../../../src/operate/call/growing';
import { costText } from '../../../../src/operate/call/money';
import { accrued, usedIn } from '../../../../src/operate/call/usage';
import { story } from '../../../fixture/call/story';
import { made } from './made';

const usd = (amount: string | null, unknown: string[] = []) => ({ amount, currency: amount === null ? null : 'USD', unknown });
const used = (at: number, cost: unknown, model = 'sonic-3.5') => ({
  kind: 'used', at, agent: 'greeter', work: 'answer', model, units: { text_in: 10, seconds: 3 }, cost,
});

it('Cost accrues with each work, and what has no price is told beside it', () => {
  const sums = accrued(usedIn(made(used(1, usd('0.25')), used(2, usd(null, ['sonic-3.5'])), used(3, usd('0.50')))));
  expect(sums.map(({ at, tokens, cost }) => [at, tokens, costText(cost)])).toEqual([
    [1, 10, '0.2500 USD'],
    [2, 20, '0.2500 USD + ?'],
    [3, 30, '0.7500 USD + ?'],
  ]);
});

it('Work of which nothing is known costs an unknown amount, and no work costs nothing', () => {
  for (const cost of [undefined, null, {}, usd(null, ['sonic-3.5']), { amount: 'much', currency: 'USD' }, { amount: '1' }]) {
    const [event] = made(used(1, cost));
    expect(event && costIn(event)).toEqual({ amount: null, currency: null, unknown: ['sonic-3.5'] });
  }
  expect(costText(plus(NOTHING, { amount: null, currency: null, unknown: ['x'] }))).toBe('unknown');
  expect(costText(plus(NOTHING, NOTHING))).toBe('0.0000');
});

it('Two currencies have no sum', () => {
  expect(plus(usd('1'), { amount: '1', currency: 'EUR', unknown: [] }).amount).toBeNull();
});

it('A bill grows by what comes after it, and only by that', () => {
  const bill = { total: usd('1'), agents: { greeter: usd('0.4'), support: usd('0.6') }, handoffs: [] };
  const before = { ...story, bill, events: made(used(1, usd('1'))) };
  const after = grown(before, made(used(1, usd('1')), used(2, usd('0.1')), used(3, usd(null, ['sonic-3.5']))));
  expect(costText(after.bill.total)).toBe('1.10 USD + ?');
  expect(costText(after.bill.agents['greeter'] ?? NOTHING)).toBe('0.5000 USD + ?');
  expect(after.bill.agents['support']).toEqual(usd('0.6'));
  expect(billWith(bill, made({ kind: 'ended', at: 4 }))).toEqual(bill);
});
