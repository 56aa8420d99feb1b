/** How high the lanes are, and so where each of them lies, in pixels. */
import type { LaneOf } from './lanes';

export const HEIGHTS: Record<LaneOf['kind'], number> = { events: 24, voice: 38, tools: 26, silence: 22 };
export const RULER = 20;
export const USAGE = 34;

/** The top of each lane, by its id, below the ruler. */
export function topsOf(lanes: LaneOf[]): { tops: Map<string, number>; bottom: number } {
  const tops = new Map<string, number>();
  let bottom = RULER;
  for (const { id, kind } of lanes) {
    tops.set(id, bottom);
    bottom += HEIGHTS[kind];
  }
  return { tops, bottom };
}
