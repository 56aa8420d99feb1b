/** The transcript: all that was said and done, a row each. A click on a word goes there. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Cast } from './cast';
import type { Waves } from './fit';
import type { Player } from './player';
import { RowView } from './RowView';
import { rowAt, type Row } from './rows';
import { texts } from './texts';
import { usePlaying } from './usePlayer';

interface Props {
  rows: Row[];
  cast: Cast;
  waves: Waves;
  player: Player;
  live: boolean;
  all: boolean;
  onAll: (all: boolean) => void;
  onGo: (at: number) => void;
}

/** Pixels from the bottom within which new rows pull the list along. */
const NEAR = 120;
/** So much of what comes before and after is seen as well. */
const EDGE = 40;

export function Transcript({ rows, cast, waves, player, live, all, onAll, onGo }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(live);
  const current = usePlaying(player, ({ placed, time }) => (placed ? rowAt(rows, time) : -1));

  useEffect(() => {
    const element = list.current;
    if (element && live && follows) element.scrollTop = element.scrollHeight;
  }, [rows, live, follows]);
  useEffect(() => {
    if (list.current && current >= 0) bringIntoView(list.current, current);
  }, [current]);
  useChosen(list, onGo);
  const scrolled = useCallback(() => {
    const element = list.current;
    if (element) setFollows(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR);
  }, []);

  return (
    <section className="transcript-pane" aria-label={texts.transcript.heading}>
      <header>
        <h2>{texts.transcript.heading}</h2>
        <label>
          <input type="checkbox" checked={all} onChange={(event) => onAll(event.target.checked)} />
          {texts.transcript.all}
        </label>
      </header>
      {rows.length === 0 && <p className="transcript-empty">{texts.transcript.empty}</p>}
      <div className="rows" ref={list} onScroll={scrolled}>
        {rows.map((row, index) => (
          <RowView key={row.id} row={row} cast={cast} wave={waveOf(row, waves)} player={player} current={index === current} first={index === Math.max(0, current)} />
        ))}
      </div>
      {live && !follows && (
        <button type="button" className="button to-newest" onClick={() => setFollows(true)}>
          ↓ {texts.transcript.toNewest}
        </button>
      )}
    </section>
  );
}

/** Within the list: the page around it stays where it is. */
function bringIntoView(list: HTMLElement, index: number): void {
  const row = list.children[index]?.getBoundingClientRect();
  const { top, bottom } = list.getBoundingClientRect();
  if (!row || (row.top >= top + EDGE && row.bottom <= bottom - EDGE)) return;
  list.scrollTo({ top: list.scrollTop + row.top - top - (bottom - top) / 4 });
}

function waveOf(row: Row, waves: Waves) {
  return row.kind === 'said' ? waves[row.speech.who] : undefined;
}

/** Goes to the word, or the time, that is clicked; not where text is being marked. */
function useChosen(list: React.RefObject<HTMLDivElement | null>, go: (at: number) => void): void {
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      const place = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
      if (!place || getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      go(Number(place.dataset['at']));
    };
    element.addEventListener('click', clicked);
    return () => element.removeEventListener('click', clicked);
  }, [list, go]);
}
