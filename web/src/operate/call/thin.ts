/** Which spans are drawn: those in sight, and of those that fall on the same pixel one. */
import type { Stretch } from './silences';

export function inSight<T extends Stretch & { tone: string }>(spans: T[], seen: Stretch, scale: number): T[] {
  const drawn: T[] = [];
  let end = -Infinity;
  for (const span of spans) {
    if (span.to < seen.from || span.from > seen.to) continue;
    // what is wrong is seen from any distance
    if (span.to * scale < end + 0.75 && span.tone !== 'alarm') continue;
    drawn.push(span);
    end = Math.max(end, span.to * scale);
  }
  return drawn;
}
