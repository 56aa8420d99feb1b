/** A recording's waveform as the outline of an SVG path, one column for each pixel or two. */
import type { Peaks } from '../types';
import type { Stretch } from './silences';

const COLUMN = 2;

/** In pixels from the lane's beginning; y from -1 to 1. Nothing outside of `within`. */
export function outline({ peaks, per_second }: Peaks, within: Stretch[], seen: Stretch, scale: number): string {
  const parts: string[] = [];
  for (const stretch of within) {
    const from = Math.max(stretch.from, seen.from);
    const to = Math.min(stretch.to, seen.to, peaks.length / per_second);
    if (to > from) parts.push(piece(peaks, per_second, { from, to }, scale));
  }
  return parts.join('');
}

function piece(peaks: number[], perSecond: number, { from, to }: Stretch, scale: number): string {
  const columns = Math.max(1, Math.floor(((to - from) * scale) / COLUMN));
  const heights = Array.from({ length: columns }, (_none, column) => {
    const begin = Math.floor((from + (column * COLUMN) / scale) * perSecond);
    const end = Math.max(begin + 1, Math.floor((from + ((column + 1) * COLUMN) / scale) * perSecond));
    return highest(peaks, begin, end) / 100;
  });
  const x = (column: number) => round(from * scale + column * COLUMN);
  const above = heights.map((height, column) => `${x(column)} ${round(-height)}`);
  const below = heights.map((height, column) => `${x(column)} ${round(height)}`).reverse();
  return `M${above.join('L')}L${below.join('L')}Z`;
}

function highest(peaks: number[], begin: number, end: number): number {
  let most = 0;
  for (let place = begin; place < end && place < peaks.length; place += 1) most = Math.max(most, peaks[place] ?? 0);
  return most;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
