/** How numbers and moments are written. What is not known is a dash, or says so; it is never a nought. */
import type { Amount } from './types';

export const UNKNOWN = '–';

/** 0:07, 12:40, 1:02:03. */
export function lengthOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** For `<time>`: a length as ISO 8601 has it. */
export function isoLength(seconds: number): string {
  return `PT${Math.max(0, Math.floor(seconds))}S`;
}

/** 640 ms, 1.24 s. */
export function delay(milliseconds: number | null): string {
  if (milliseconds === null) return UNKNOWN;
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(2)} s`;
}

/** Money, with so many decimals; without, small sums have what they have behind the cents. */
export function money(amount: Amount, currency: string | null, decimals?: number): string | undefined {
  if (amount === null) return undefined;
  const number = Number(amount);
  const small = number !== 0 && Math.abs(number) < 1;
  const digits = { minimumFractionDigits: decimals ?? 2, maximumFractionDigits: decimals ?? (small ? 3 : 2) };
  if (currency === null) return number.toLocaleString('en-GB', digits);
  return number.toLocaleString('en-GB', { ...digits, style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
}

/** A name that the code has for something, as words: `caller_left` is "caller left". */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function count(number: number): string {
  return number.toLocaleString('en-GB');
}

/** The time of day here, 09:05:07. */
export function timeOfDay(moment: number | string): string {
  return new Date(moment).toLocaleTimeString('en-GB');
}

/** The day here: 27 Nov, and its year when it is another. */
export function day(moment: number | string, now: number): string {
  const date = new Date(moment);
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year });
}
