/** The tiles of all running calls. A place whose call is over stays empty until another call takes it. */
import type { Clock } from '../clock';
import { texts } from '../texts';
import type { Board } from './board';
import { CallTile } from './CallTile';

interface Props {
  board: Board;
  clock: Clock;
}

export function Tiles({ board, clock }: Props) {
  const { places, lines, dense, workers } = board;
  return (
    <section className="tiles-section" aria-labelledby="tiles-title">
      <h2 id="tiles-title" className="hidden">
        {texts.now.calls}
      </h2>
      {places.length === 0 && (
        <div className="blank">
          <p className="blank-title">{texts.now.quiet}</p>
          <p className={workers.length === 0 ? 'workers-none' : undefined}>{workers.length === 0 ? texts.now.noWorkers : texts.now.quietMore}</p>
        </div>
      )}
      <ul className="tiles" data-dense={dense}>
        {places.map((tile, place) =>
          tile ? (
            // The place is the key as well: a call that moves up is another element, not one that jumps.
            <li key={`${place} ${tile.id}`}>
              <CallTile tile={tile} line={lines.find(({ name }) => name === tile.line)} clock={clock} />
            </li>
          ) : (
            <li key={place} className="tile-empty" aria-hidden="true" />
          ),
        )}
      </ul>
    </section>
  );
}
