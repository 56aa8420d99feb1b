/** What is drawn of the lanes: the part in sight, and a little around it. */
import { memo } from 'react';
import type { Chronicle } from './chronicle';
import { clock } from './durations';
import type { Waves } from './fit';
import { HandoffLines } from './HandoffLines';
import { HEIGHTS, topsOf, USAGE } from './heights';
import { hasCosts } from './LaneNames';
import { LaneTrack } from './LaneTrack';
import type { LaneOf } from './lanes';
import { tickEvery, ticksIn } from './scale';
import type { Stretch } from './silences';
import { inSight } from './thin';
import { UsageTrack } from './UsageTrack';

interface Props {
  lanes: LaneOf[];
  chronicle: Chronicle;
  length: number;
  live: boolean;
  /** Its two ends, so that nothing is drawn anew while they stay. */
  seen: Stretch;
  scale: number;
  waves: Waves;
}

export function LaneSheet({ seen, ...rest }: Props) {
  return <Sheet {...rest} from={seen.from} to={seen.to} />;
}

const Sheet = memo(function Sheet({ lanes, chronicle, length, live, from, to, scale, waves }: Omit<Props, 'seen'> & Stretch) {
  const seen = { from, to };
  const { tops, bottom } = topsOf(lanes);
  const last = chronicle.accrued.at(-1);
  return (
    <div className="sheet" aria-hidden="true" style={{ height: bottom + (last ? USAGE : 0) }}>
      <Ruler seen={seen} scale={scale} length={length} />
      {inSight(deadAir(lanes), seen, scale).large.map((span) => (
        <i key={span.id} className="dead" data-of={span.kind} style={{ left: span.from * scale, width: (span.to - span.from) * scale }} />
      ))}
      {lanes.map((lane) => (
        <LaneTrack key={lane.id} lane={lane} top={tops.get(lane.id) ?? 0} height={HEIGHTS[lane.kind]} seen={seen} scale={scale} waves={waves} />
      ))}
      {last && <UsageTrack accrued={chronicle.accrued} of={hasCosts(chronicle) ? 'cost' : 'tokens'} top={bottom} length={length} seen={seen} scale={scale} />}
      <HandoffLines chronicle={chronicle} tops={tops} seen={seen} scale={scale} />
      <i className="sheet-end" data-live={live || undefined} style={{ left: length * scale }} />
    </div>
  );
});

function deadAir(lanes: LaneOf[]) {
  return lanes.flatMap(({ kind, spans }) => (kind === 'silence' ? spans.filter(({ dead }) => dead) : []));
}

function Ruler({ seen, scale, length }: { seen: Stretch; scale: number; length: number }) {
  const fine = tickEvery(scale) < 1;
  return ticksIn({ from: seen.from, to: Math.min(seen.to, length) }, scale).map((tick) => (
    <span key={tick} className="tick" style={{ left: tick * scale }}>
      {fine ? `${clock(tick)}${(tick % 1).toFixed(2).slice(1)}` : clock(tick)}
    </span>
  ));
}
