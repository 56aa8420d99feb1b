/** What was used of services, as it accrued: a line that climbs. */
import { numberOf } from './cost';
import { USAGE } from './heights';
import type { Stretch } from './silences';
import type { Accrued } from './usage';

interface Props {
  accrued: Accrued[];
  of: 'tokens' | 'cost';
  top: number;
  length: number;
  seen: Stretch;
  scale: number;
}

export function UsageTrack({ accrued, of, top, length, seen, scale }: Props) {
  const last = accrued.at(-1);
  const most = last ? heightOf(last, of) : 0;
  if (most <= 0) return null;
  const left = seen.from * scale;
  const width = Math.max(1, (Math.min(seen.to, length) - seen.from) * scale);
  const path = steps(accrued, of, { from: seen.from, to: Math.min(seen.to, length) }, scale);
  return (
    <svg className="usage" style={{ left, top, width, height: USAGE }} viewBox={`${left} 0 ${width} ${most}`} preserveAspectRatio="none">
      <g transform={`translate(0 ${most}) scale(1 -0.92)`}>
        <path className="usage-area" d={`${path}V0H${left}Z`} />
        <path className="usage-line" d={path} />
      </g>
    </svg>
  );
}

function steps(accrued: Accrued[], of: 'tokens' | 'cost', seen: Stretch, scale: number): string {
  const first = accrued.findLast(({ at }) => at <= seen.from);
  const before = first ? heightOf(first, of) : 0;
  const within = accrued.filter(({ at }) => at > seen.from && at <= seen.to);
  const climbs = within.map((each) => `H${each.at * scale}V${heightOf(each, of)}`);
  return `M${seen.from * scale} ${before}${climbs.join('')}H${seen.to * scale}`;
}

/** Of a cost, what is known of it. */
function heightOf(sum: Accrued, of: 'tokens' | 'cost'): number {
  return of === 'tokens' ? sum.tokens : (numberOf(sum.cost.amount) ?? 0);
}
