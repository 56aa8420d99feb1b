/** Sums as they are shown. What is not known is "unknown", never nothing. */
import type { Amount, Cost } from '../types';
import { numberOf } from './cost';
import { texts } from './texts';

export function money(amount: Amount, currency: string | null): string {
  const value = numberOf(amount);
  if (value === null) return texts.unknown;
  const sum = value.toFixed(Math.abs(value) < 1 ? 4 : 2);
  return currency === null ? sum : `${sum} ${currency}`;
}

/** With a sign that a part of it has no price. */
export function costText({ amount, currency, unknown }: Cost): string {
  return unknown.length > 0 && amount !== null ? `${money(amount, currency)} + ?` : money(amount, currency);
}

export function count(amount: number): string {
  return Math.round(amount).toLocaleString('en-US');
}
