/** How long the call is by now, in seconds: it grows while it runs. */
import { useEffect, useState } from 'react';
import type { Clock } from '../clock';
import type { CallLine } from '../types';
import { isRunning } from './isRunning';

/** More than so many seconds without an event can be another clock. */
const MOST_AHEAD = 600;

export function useLength(call: CallLine, known: number, clock: Clock): number {
  const runs = isRunning(call);
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(() => setNow(clock.now()), 1000);
    return () => clearInterval(timer);
  }, [runs, clock]);
  if (!runs) return Math.max(known, call.seconds ?? 0);
  const gone = (now - Date.parse(call.started_at)) / 1000;
  return gone > known && gone < known + MOST_AHEAD ? gone : known;
}
