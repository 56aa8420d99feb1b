/** The lanes over time: scrolled, zoomed, with an overview of all of it. The transcript says the same in words. */
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref } from 'react';
import type { Chronicle } from './chronicle';
import { clock } from './durations';
import type { Waves } from './fit';
import { LaneNames } from './LaneNames';
import { LaneSheet } from './LaneSheet';
import type { LaneOf } from './lanes';
import { Overview } from './Overview';
import type { Player } from './player';
import { around, atFirst, fitting, zoomed } from './scale';
import { texts } from './texts';
import { usePlaying } from './usePlayer';
import { useWidth } from './useWidth';

export interface LanesHandle {
  zoom: (command: 'nearer' | 'farther' | 'whole') => void;
}

interface Props {
  ref: Ref<LanesHandle>;
  lanes: LaneOf[];
  chronicle: Chronicle;
  length: number;
  live: boolean;
  waves: Waves;
  player: Player;
}

/** Pixels from the end within which the newest is followed. */
const NEAR = 24;
/** Room after the end, so that the last moment does not stick to the edge. */
const AFTER = 24;

export function Lanes({ ref, lanes, chronicle, length, live, waves, player }: Props) {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const width = useWidth(scroller);
  const [chosen, setChosen] = useState<number | null>(null);
  const scale = Math.max(chosen ?? atFirst(length, width - AFTER), fitting(length, width - AFTER));
  const [left, setLeft] = useState(0);
  const seen = around(left, width, scale);
  const [follows, setFollows] = useState(live);
  /** The moment that stays where it is, in pixels from the left edge, while the scale changes. */
  const anchor = useRef<{ at: number; x: number } | null>(null);

  const zoomTo = useCallback(
    (next: number, x = width / 2) => {
      if (!scroller) return;
      anchor.current = { at: (scroller.scrollLeft + x) / scale, x };
      setChosen(next);
    },
    [scroller, scale, width],
  );
  const zoom = useCallback(
    (command: 'nearer' | 'farther' | 'whole') => {
      if (command === 'whole') { zoomTo(fitting(length, width - AFTER), 0); return; }
      const x = player.placed ? player.time * scale - (scroller?.scrollLeft ?? 0) : width / 2;
      zoomTo(zoomed(scale, command === 'nearer' ? 1 : -1, length, width - AFTER), x >= 0 && x <= width ? x : width / 2);
    },
    [zoomTo, scale, length, width, player, scroller],
  );
  useImperativeHandle(ref, () => ({ zoom }), [zoom]);

  useLayoutEffect(() => {
    if (!scroller || !anchor.current) return;
    scroller.scrollTo({ left: anchor.current.at * scale - anchor.current.x });
    anchor.current = null;
  }, [scroller, scale]);
  useLayoutEffect(() => {
    if (scroller && live && follows) scroller.scrollTo({ left: scroller.scrollWidth });
  }, [scroller, live, follows, length, scale]);
  useScrolled(scroller, (at) => {
    setLeft(at);
    if (scroller) setFollows(at + scroller.clientWidth >= scroller.scrollWidth - NEAR);
  });
  useWheelZoom(scroller, (steps, x) => zoomTo(zoomed(scale, steps, length, width - AFTER), x));
  useInView(scroller, player, scale);
  usePointedAt(scroller, (x) => player.seek(Math.min(length, x / scale)));

  const at = usePlaying(player, ({ time }) => Math.round(time));
  return (
    <section className="lanes" aria-label={texts.lanes.heading}>
      <div className="lanes-bar">
        <Overview lanes={lanes} length={length} scale={scale} scroller={scroller} player={player} />
        <div className="lanes-zoom">
          {live && !follows && (
            <button type="button" className="button" onClick={() => setFollows(true)}>
              {texts.lanes.toNow}
            </button>
          )}
          <button type="button" className="button" aria-label={texts.lanes.zoomOut} title={`${texts.lanes.zoomOut} (−)`} onClick={() => zoom('farther')}>
            −
          </button>
          <button type="button" className="button" aria-label={texts.lanes.zoomIn} title={`${texts.lanes.zoomIn} (+)`} onClick={() => zoom('nearer')}>
            +
          </button>
          <button type="button" className="button" title={`${texts.lanes.fit} (f)`} onClick={() => zoom('whole')}>
            {texts.lanes.fitShort}
          </button>
        </div>
      </div>
      <div className="lanes-frame">
        <LaneNames lanes={lanes} chronicle={chronicle} />
        <div className="lanes-scroll" ref={setScroller} data-scale={scale}>
          <div className="lanes-sheet" style={{ width: Math.ceil(length * scale) + AFTER }}>
            <LaneSheet lanes={lanes} chronicle={chronicle} length={length} live={live} seen={seen} scale={scale} waves={waves} />
            <div
              className="playhead"
              role="slider"
              tabIndex={0}
              aria-label={texts.lanes.position}
              aria-valuemin={0}
              aria-valuemax={Math.round(length)}
              aria-valuenow={at}
              aria-valuetext={clock(at)}
              ref={(element) => placedAt(element, player, scale)}
            />
          </div>
        </div>
      </div>
    </section>
  );
}

/** Keeps the playhead where the player is, without drawing anything else anew. */
function placedAt(element: HTMLElement | null, player: Player, scale: number): (() => void) | undefined {
  if (!element) return undefined;
  const place = () => {
    element.style.transform = `translateX(${player.time * scale}px)`;
    element.toggleAttribute('data-placed', player.placed);
  };
  place();
  return player.subscribe(place);
}

function useScrolled(scroller: HTMLElement | null, then: (left: number) => void): void {
  const latest = useLatest(then);
  useEffect(() => {
    if (!scroller) return undefined;
    const scrolled = () => latest.current(scroller.scrollLeft);
    scrolled();
    scroller.addEventListener('scroll', scrolled, { passive: true });
    return () => scroller.removeEventListener('scroll', scrolled);
  }, [scroller, latest]);
}

/** Pinching, or the wheel with Ctrl, zooms at the pointer. */
function useWheelZoom(scroller: HTMLElement | null, zoom: (steps: number, x: number) => void): void {
  const latest = useLatest(zoom);
  useEffect(() => {
    if (!scroller) return undefined;
    const wheeled = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      latest.current(-event.deltaY / 100, event.clientX - scroller.getBoundingClientRect().left);
    };
    scroller.addEventListener('wheel', wheeled, { passive: false });
    return () => scroller.removeEventListener('wheel', wheeled);
  }, [scroller, latest]);
}

function usePointedAt(scroller: HTMLElement | null, go: (x: number) => void): void {
  const latest = useLatest(go);
  useEffect(() => {
    if (!scroller) return undefined;
    const clicked = (event: MouseEvent) => {
      latest.current(event.clientX - scroller.getBoundingClientRect().left + scroller.scrollLeft);
    };
    scroller.addEventListener('click', clicked);
    return () => scroller.removeEventListener('click', clicked);
  }, [scroller, latest]);
}

/** Turns the page when the player leaves it, and goes to where it was put. */
function useInView(scroller: HTMLElement | null, player: Player, scale: number): void {
  useEffect(() => {
    if (!scroller) return undefined;
    const look = () => {
      if (!player.placed) return;
      const x = player.time * scale - scroller.scrollLeft;
      if (x < 0 || x > scroller.clientWidth * (player.playing ? 0.9 : 1)) {
        scroller.scrollTo({ left: player.time * scale - scroller.clientWidth * 0.2 });
      }
    };
    look();
    return player.subscribe(look);
  }, [scroller, player, scale]);
}

function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
