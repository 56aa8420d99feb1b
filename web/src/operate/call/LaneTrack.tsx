/** One lane: whose it is, its waveform, and what happened on it. */
import type { Peaks } from '../types';
import type { Waves } from './fit';
import type { LaneOf, Span } from './lanes';
import type { Stretch } from './silences';
import { columns, inSight } from './thin';
import { outline } from './wave';

interface Props {
  lane: LaneOf;
  top: number;
  height: number;
  seen: Stretch;
  scale: number;
  waves: Waves;
}

/** Pixels that a word or two need. */
const ROOM = 54;
/** Pixels that the name of an event needs to be known by. */
const ROOM_OF_MARK = 64;
/** Longer texts are not worth their letters. */
const LONGEST = 240;

export function LaneTrack({ lane, top, height, seen, scale, waves }: Props) {
  const wave = lane.wave && waves[lane.wave.lane];
  const { large, small } = inSight(lane.spans, seen, scale);
  return (
    <div className="lane" data-kind={lane.kind} data-who={lane.who ?? undefined} data-colour={lane.colour ?? undefined} data-recorded={wave ? true : undefined} style={{ top, height }}>
      {lane.held.map(({ from, to }) => (
        <i key={from} className="held" style={{ left: from * scale, width: (to - from) * scale }} />
      ))}
      {wave && lane.wave && <Wave peaks={wave} within={lane.wave.within} height={height} seen={seen} scale={scale} />}
      {small.length > 0 && <Small spans={small} seen={seen} scale={scale} />}
      {large.map((span, index) => (
        <Drawn key={span.id} span={span} scale={scale} room={roomAt(large, index, scale)} />
      ))}
    </div>
  );
}

function Drawn({ span, scale, room }: { span: Span; scale: number; room: number }) {
  const width = (span.to - span.from) * scale;
  const mark = span.to === span.from;
  const beside = mark || span.kind === 'trouble';
  const fits = beside ? room >= ROOM_OF_MARK : width >= ROOM;
  const label = fits ? span.label.slice(0, LONGEST) : '';
  const silence = span.ms === undefined ? {} : { 'data-silence': span.kind, 'data-ms': span.ms, 'data-from': span.from, 'data-to': span.to };
  return (
    <i
      className={`span span-${span.kind}`}
      data-tone={span.tone}
      data-dead={span.dead || undefined}
      data-cut={span.cut || undefined}
      data-mark={mark || undefined}
      title={span.title}
      style={{ left: span.from * scale, width: mark ? undefined : Math.max(1, width) }}
      {...silence}
    >
      {span.token !== undefined && <u style={{ left: span.token * scale }} />}
      {span.kind === 'handoff' ? <b>{span.label}</b> : label && <b style={beside ? { maxWidth: room } : undefined}>{label}</b>}
    </i>
  );
}

/** Pixels until the next thing on the lane. */
function roomAt(drawn: Span[], index: number, scale: number): number {
  const [span, next] = [drawn[index], drawn[index + 1]];
  if (!span || !next) return LONGEST;
  return Math.min(LONGEST, (next.from - span.from) * scale - 16);
}

function Small({ spans, seen, scale }: { spans: Span[]; seen: Stretch; scale: number }) {
  const left = seen.from * scale;
  const width = Math.max(1, (seen.to - seen.from) * scale);
  return (
    <svg className="small-spans" style={{ left, width }} viewBox={`${left} 0 ${width} 1`} preserveAspectRatio="none">
      <path d={columns(spans, scale)} />
    </svg>
  );
}

interface WaveProps {
  peaks: Peaks;
  within: Stretch[];
  height: number;
  seen: Stretch;
  scale: number;
}

function Wave({ peaks, within, height, seen, scale }: WaveProps) {
  const left = seen.from * scale;
  const width = Math.max(1, (seen.to - seen.from) * scale);
  return (
    <svg className="wave" style={{ left, width, height }} viewBox={`${left} -1.1 ${width} 2.2`} preserveAspectRatio="none">
      <path d={outline(peaks, within, seen, scale)} />
    </svg>
  );
}
