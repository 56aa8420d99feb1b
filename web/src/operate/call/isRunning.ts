/** A call that has no end, and is not lost. */
import type { CallLine } from '../types';

export function isRunning({ ended_at, outcome }: CallLine): boolean {
  return ended_at === null && outcome === null;
}
