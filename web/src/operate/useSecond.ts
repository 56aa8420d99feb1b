/** The time, by the second: what shows it is drawn anew each second, and nothing else is. */
import { useCallback, useSyncExternalStore } from 'react';
import type { Clock } from './clock';

const LOOK = 250;

function everyNowAndThen(then: () => void): () => void {
  const timer = setInterval(then, LOOK);
  return () => clearInterval(timer);
}

/** Whole seconds since 1970. */
export function useSecond(clock: Clock): number {
  return useSyncExternalStore(
    everyNowAndThen,
    useCallback(() => Math.floor(clock.now() / 1_000), [clock]),
  );
}
