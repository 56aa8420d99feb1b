/** Which spans are drawn, and how: those in sight; what is too small to be told from its neighbours as one shape. */
import type { Stretch } from './silences';

type Drawable = Stretch & { tone: string; kind?: string };

/** Pixels from which on a span is one of its own. */
const OWN = 3;
/** Marks are at least so many pixels apart. */
const APART = 4;

/** What is wrong, and a handoff's silence, is seen from any distance. */
export function inSight<T extends Drawable>(spans: T[], seen: Stretch, scale: number): { large: T[]; small: T[] } {
  const [large, small]: [T[], T[]] = [[], []];
  let end = -Infinity;
  for (const span of spans) {
    if (span.to < seen.from || span.from > seen.to) continue;
    const mark = span.to === span.from;
    const always = span.tone === 'alarm' || span.kind === 'handoff';
    if (!mark && (span.to - span.from) * scale < OWN && !always) small.push(span);
    else if (!mark || always || span.from * scale >= end + APART) {
      large.push(span);
      end = span.to * scale;
    }
  }
  return { large, small };
}

/** All of them as one SVG path, a column of pixels for those that share it; y from 0 to 1. */
export function columns(spans: Stretch[], scale: number): string {
  let [path, last] = ['', -1];
  for (const { from, to } of spans) {
    const x = Math.floor(from * scale);
    if (x === last) continue;
    last = x;
    path += `M${x} 0h${Math.max(1, Math.round((to - from) * scale * 10) / 10)}v1h-${Math.max(1, Math.round((to - from) * scale * 10) / 10)}z`;
  }
  return path;
}
