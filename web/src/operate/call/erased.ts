/** A call whose words are gone. */
import type { LedgerEvent } from '../types';

/** Nothing tells what was answered or heard in it: only counts and times are left. */
export function isErased(events: readonly LedgerEvent[]): boolean {
  return events.some(({ kind }) => kind === 'erased');
}
