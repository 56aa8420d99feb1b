/** The fields of an event: what is missing, or is of another kind than expected, is nothing. */
import type { LedgerEvent } from '../types';

export function textIn(event: LedgerEvent, field: string): string {
  const value = event[field];
  return typeof value === 'string' ? value : '';
}

export function numberIn(event: LedgerEvent, field: string): number | null {
  const value = event[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function flagIn(event: LedgerEvent, field: string): boolean {
  return event[field] === true;
}

export function listIn(event: LedgerEvent, field: string): string[] {
  const value = event[field];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

export function recordIn(event: LedgerEvent, field: string): Record<string, unknown> {
  const value = event[field];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
