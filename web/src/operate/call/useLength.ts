/** How long the call is by now, in seconds: it grows while it runs. */
import { useEffect, useState } from 'react';
import type { CallLine } from '../types';

/** More than so many seconds without an event can be another clock. */
const MOST_AHEAD = 600;

export function useLength(call: CallLine, known: number): number {
  const runs = call.ended_at === null && call.outcome === null;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  if (!runs) return Math.max(known, call.seconds ?? 0);
  const gone = (now - Date.parse(call.started_at)) / 1000;
  return gone > known && gone < known + MOST_AHEAD ? gone : known;
}
