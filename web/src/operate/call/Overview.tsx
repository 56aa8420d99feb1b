/** The whole call in a strip, with a window on what the lanes show of it, which can be dragged. */
import { memo, useEffect, useRef, useState } from 'react';
import type { LaneOf, Span } from './lanes';
import type { Player } from './player';
import { texts } from './texts';

interface Props {
  lanes: LaneOf[];
  length: number;
  scale: number;
  scroller: HTMLElement | null;
  player: Player;
}

export function Overview({ lanes, length, scale, scroller, player }: Props) {
  const [strip, setStrip] = useState<HTMLDivElement | null>(null);
  const pane = useRef<HTMLElement>(null);
  const head = useRef<HTMLElement>(null);

  useEffect(() => {
    if (!scroller) return undefined;
    const frame = () => {
      if (!pane.current) return;
      pane.current.style.left = percent(scroller.scrollLeft / scale / length);
      pane.current.style.width = percent(Math.min(1, scroller.clientWidth / scale / length));
    };
    frame();
    scroller.addEventListener('scroll', frame, { passive: true });
    addEventListener('resize', frame);
    return () => {
      scroller.removeEventListener('scroll', frame);
      removeEventListener('resize', frame);
    };
  }, [scroller, scale, length]);

  useEffect(() => {
    const place = () => {
      if (!head.current) return;
      head.current.style.left = percent(player.time / length);
      head.current.toggleAttribute('data-placed', player.placed);
    };
    place();
    return player.subscribe(place);
  }, [player, length]);

  useEffect(() => {
    if (!strip || !scroller) return undefined;
    const move = (event: PointerEvent) => {
      if (event.buttons === 0) return;
      const { left, width } = strip.getBoundingClientRect();
      const at = ((event.clientX - left) / width) * length;
      scroller.scrollTo({ left: at * scale - scroller.clientWidth / 2 });
    };
    const take = (event: PointerEvent) => {
      strip.setPointerCapture(event.pointerId);
      move(event);
    };
    strip.addEventListener('pointerdown', take);
    strip.addEventListener('pointermove', move);
    return () => {
      strip.removeEventListener('pointerdown', take);
      strip.removeEventListener('pointermove', move);
    };
  }, [strip, scroller, scale, length]);

  return (
    <div className="overview" ref={setStrip} title={texts.lanes.overview}>
      <Strips lanes={lanes} length={length} />
      <i className="overview-pane" ref={pane} />
      <i className="overview-head" ref={head} />
    </div>
  );
}

const Strips = memo(function Strips({ lanes, length }: { lanes: LaneOf[]; length: number }) {
  const voices = lanes.filter(({ kind }) => kind === 'voice');
  const marks = lanes.find(({ kind }) => kind === 'events')?.spans.filter(({ tone }) => tone === 'alarm' || tone === 'warn') ?? [];
  const late = lanes.find(({ kind }) => kind === 'silence')?.spans.filter(({ dead, kind }) => dead && kind !== 'nobody') ?? [];
  const least = length / 500;
  return (
    <svg viewBox={`0 0 ${Math.max(1, length)} ${voices.length + 1}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="strip-dead" d={boxes(late, 0, voices.length + 1, least)} />
      {voices.map((lane, row) => (
        <path key={lane.id} className="strip" data-who={lane.who ?? undefined} data-colour={lane.colour ?? undefined} d={boxes(spoken(lane), row + 1.15, 0.7, least)} />
      ))}
      <path className="strip-warn" d={boxes(marks.filter(({ tone }) => tone === 'warn'), 0.1, 0.8, least * 1.5)} />
      <path className="strip-alarm" d={boxes(marks.filter(({ tone }) => tone === 'alarm'), 0.1, 0.8, least * 1.5)} />
    </svg>
  );
});

function spoken({ spans }: LaneOf): Span[] {
  return spans.filter(({ kind }) => kind === 'speech' || kind === 'talk' || kind === 'filler');
}

function boxes(spans: Span[], top: number, height: number, least: number): string {
  return spans.map(({ from, to }) => `M${from} ${top}h${Math.max(least, to - from)}v${height}h${-Math.max(least, to - from)}z`).join('');
}

function percent(share: number): string {
  return `${(Number.isFinite(share) ? share : 0) * 100}%`;
}
