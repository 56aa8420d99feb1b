/** From seconds to pixels on the lanes. */
import type { Stretch } from './silences';

/** Pixels a second: so near that 40 ms can be seen, and so far that an hour fits. */
export const NEAREST = 800;
const STEP = 1.6;
/** How near a call is at first, when it is too long to be seen whole. */
const READABLE = 7;
const TICKS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200];

export function fitting(length: number, width: number): number {
  return Math.min(NEAREST, Math.max(1, width) / Math.max(1, length));
}

export function atFirst(length: number, width: number): number {
  return Math.max(fitting(length, width), READABLE);
}

export function zoomed(scale: number, steps: number, length: number, width: number): number {
  return Math.min(NEAREST, Math.max(fitting(length, width), scale * STEP ** steps));
}

/** Seconds between the lines of the ruler, so that their times have room. */
export function tickEvery(scale: number): number {
  return TICKS.find((tick) => tick * scale >= 84) ?? 3600;
}

export function ticksIn(seen: Stretch, scale: number): number[] {
  const every = tickEvery(scale);
  const first = Math.max(0, Math.floor(seen.from / every));
  const count = Math.max(0, Math.floor(seen.to / every) - first + 1);
  return Array.from({ length: count }, (_none, index) => (first + index) * every);
}

/** What is drawn around what is seen, so that a little scrolling draws nothing anew. */
export function around(left: number, width: number, scale: number): Stretch {
  const step = Math.max(1, width / 2);
  const from = (Math.floor(left / step) - 1) * step;
  return { from: Math.max(0, from / scale), to: (from + 4 * step) / scale };
}
