/** What happens now, and what has happened today. */
import { useState } from 'react';
import type { Api } from '../api';
import { texts } from '../texts';
import { AlarmList } from './AlarmList';
import { AlarmNews } from './AlarmNews';
import { callersOf, running, type Board } from './board';
import { Endings } from './Endings';
import { Figures } from './Figures';
import { LinePicture } from './LinePicture';
import { LinkState } from './LinkState';
import { Tiles } from './Tiles';
import { useFeed } from './useFeed';
import { Workers } from './Workers';

export function NowPage({ api }: { api: Api }) {
  const feed = useFeed(api);
  return (
    <div className="now" data-link={feed.link}>
      <div className="now-head">
        <h1>{texts.pages.now}</h1>
        <LinkState {...feed} />
      </div>
      {feed.board ? <Shown board={feed.board} api={api} /> : <div className="now-waiting" aria-busy="true" />}
    </div>
  );
}

function Shown({ board, api: { clock } }: { board: Board; api: Api }) {
  const { today, workers, lines, moves } = board;
  const calls = running(board);
  // on a phone, where the tiles come first
  const [unfolded, setUnfolded] = useState(false);
  return (
    <>
      <Figures calls={calls} today={today} />
      <button
        type="button"
        className="button now-fold"
        aria-expanded={unfolded}
        aria-controls="now-side"
        onClick={() => setUnfolded(!unfolded)}
      >
        {texts.now.side}
      </button>
      <div id="now-side" className="now-side" data-unfolded={unfolded}>
        <AlarmList calls={calls} lines={lines} />
        {lines.map((line) => (
          <LinePicture
            key={line.name}
            line={line}
            callers={callersOf(board, line.name)}
            move={moves.find((move) => move.line === line.name)}
          />
        ))}
        <Workers workers={workers} clock={clock} />
        <Endings ended={today.ended} />
      </div>
      <Tiles board={board} clock={clock} />
      <AlarmNews calls={calls} lines={lines} />
    </>
  );
}
