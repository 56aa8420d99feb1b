/** A running call: who has it, how long, what happens, what was said last, and what is wrong. Always of the same height. */
import { memo } from 'react';
import { Alert } from '../../components/icons';
import type { Clock } from '../clock';
import { colourOf, nameOf } from '../colours';
import { Link } from '../Link';
import { doingText, outcomeText, texts } from '../texts';
import type { LineMap, Tile } from '../types';
import { useSecond } from '../useSecond';
import { isoLength, lengthOf, words } from '../words';
import { alarmOf, urgency } from './alarm';
import { DoingIcon } from './DoingIcon';

interface Props {
  tile: Tile;
  line: LineMap | undefined;
  clock: Clock;
}

export const CallTile = memo(function CallTile({ tile, line, clock }: Props) {
  const { id, agent, caller, outcome, ended_at, doing } = tile;
  const name = nameOf(agent, line) ?? texts.now.nobody;
  const over = ended_at !== null;
  return (
    <article
      className="tile"
      data-call={id}
      data-colour={colourOf(agent, line) ?? 'none'}
      data-over={over}
      data-urgency={over ? undefined : urgency(tile)}
    >
      <h3>
        <Link to={`calls/${encodeURIComponent(id)}`}>{name}</Link>
      </h3>
      <p className="tile-doing" data-doing={over ? 'over' : doing}>
        {!over && <DoingIcon doing={doing} />}
        <span>{over ? texts.now.over(outcome && outcomeText(outcome)) : doingText(doing, tile.tool)}</span>
      </p>
      <Length tile={tile} clock={clock} />
      <p className="tile-from">
        {caller ?? texts.noNumber} · {words(tile.line)}
      </p>
      <div className="tile-words">
        <LastSaid last={tile.last} />
        {!over && <AlarmOf tile={tile} />}
      </div>
    </article>
  );
});

function Length({ tile, clock }: { tile: Tile; clock: Clock }) {
  const now = useSecond(clock);
  const until = tile.ended_at === null ? now : Date.parse(tile.ended_at) / 1_000;
  const seconds = until - Date.parse(tile.started_at) / 1_000;
  return (
    <time className="tile-length" dateTime={isoLength(seconds)}>
      {lengthOf(seconds)}
    </time>
  );
}

function LastSaid({ last }: { last: Tile['last'] }) {
  return (
    <p className="tile-last" data-who={last?.who}>
      {last ? (
        <>
          <span className="tile-who">{texts.who[last.who]}</span> {last.text}
        </>
      ) : (
        texts.now.nothingSaid
      )}
    </p>
  );
}

function AlarmOf({ tile }: { tile: Tile }) {
  const alarm = alarmOf(tile);
  if (!alarm) return null;
  const { sentence, at, more } = alarm;
  return (
    <p className="tile-alarm">
      <Alert />
      <span>
        {at !== undefined && <span className="tile-at">{lengthOf(at)} </span>}
        {sentence}
      </span>
      {more > 0 && <b>{texts.now.moreAlarms(more)}</b>}
    </p>
  );
}
