/** How long the call has lasted. */
import { useEffect, useState } from 'react';
import { texts } from '../texts';

interface Props {
  since: number;
  running: boolean;
}

export function Duration({ since, running }: Props) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return (
    <span className="duration" role="timer" aria-label={texts.call.duration}>
      {clock(now - since)}
    </span>
  );
}

/** Milliseconds as minutes and seconds. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
