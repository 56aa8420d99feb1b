/** When nobody was heard: before answers, at handoffs, and wherever else it lasted. */
import type { Handoff } from './handoffs';
import type { Turn } from './turns';

export interface Stretch {
  from: number;
  to: number;
}

export interface Silence extends Stretch {
  seq: number;
  ms: number;
  of: 'answer' | 'handoff' | 'nobody';
  /** Long enough to be dead air. */
  dead: boolean;
}

export const DEAD_AIR_SECONDS = 2;

/** `heard` is all that the caller or we heard, in any order; `until`, where the call is over, or now. */
export function silencesOf(turns: Turn[], handoffs: Handoff[], heard: Stretch[], until: number): Silence[] {
  const answers = turns.filter(({ silence }) => silence.ms > 0).map((turn) => silence('answer', turn.seq, turn.silence));
  const known = handoffs.flatMap((handoff) =>
    handoff.silence ? [silence('handoff', handoff.seq, handoff.silence)] : [],
  );
  const others = pauses([...heard, ...answers, ...known], until).filter(isDead);
  const unknown = others.map((pause, index) =>
    silence('nobody', -1 - index, { ...pause, ms: (pause.to - pause.from) * 1000 }),
  );
  return [...answers, ...known, ...unknown].sort((one, other) => one.from - other.from);
}

function silence(of: Silence['of'], seq: number, { from, to, ms }: Stretch & { ms: number }): Silence {
  return { seq, of, from, to, ms, dead: isDead({ from, to }) };
}

function isDead({ from, to }: Stretch): boolean {
  return to - from > DEAD_AIR_SECONDS;
}

/** What lies between stretches, before the first of which nothing is missed. */
export function pauses(stretches: Stretch[], until: number): Stretch[] {
  const ordered = stretches.toSorted((one, other) => one.from - other.from);
  const found: Stretch[] = [];
  let end = ordered[0]?.from ?? until;
  for (const { from, to } of ordered) {
    if (from > end) found.push({ from: end, to: from });
    end = Math.max(end, to);
  }
  if (until > end) found.push({ from: end, to: until });
  return found;
}
