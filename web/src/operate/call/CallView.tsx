/** A call that is known: its head, lanes, player, transcript, bill. */
import { useCallback, useMemo, useRef, useState } from 'react';
import type { Api } from '../api';
import type { CallStory, Lane, Me } from '../types';
import { Bill } from './Bill';
import { CallHead } from './CallHead';
import { chronicleOf } from './chronicle';
import { Findings } from './Findings';
import { isRunning } from './isRunning';
import { lanesOf } from './lanes';
import { Lanes, type LanesHandle } from './Lanes';
import { PlayerBar } from './PlayerBar';
import { rowsOf, stepFrom } from './rows';
import { Transcript } from './Transcript';
import { useKept } from './useKept';
import { useKeys, type Command } from './useKeys';
import { useLength } from './useLength';
import { useLineMap } from './useLineMap';
import { useMoment } from './useMoment';
import { usePlayer } from './usePlayer';
import { useWaves } from './useWaves';
import { Versions } from './Versions';

interface Props {
  story: CallStory;
  notice: string | null;
  api: Api;
  me: Me;
  onErased: () => void;
}

const NONE: Lane[] = [];

export function CallView({ story, notice, api, me, onErased }: Props) {
  const { call } = story;
  const live = isRunning(call);
  const mayHear = me.role !== 'operator';
  const recorded = (mayHear && story.recording?.lanes) || NONE;
  const line = useLineMap(api, call.line);
  const waves = useWaves(api, call.id, recorded);
  const player = usePlayer(api, call.id, recorded);
  useMoment(player);

  const chronicle = useMemo(() => chronicleOf(story, line, waves), [story, line, waves]);
  const length = useLength(call, chronicle.length, api.clock);
  const lanes = useMemo(() => lanesOf(chronicle, length), [chronicle, length]);
  const [all, setAll] = useState(false);
  const shown = useKept(useMemo(() => rowsOf(chronicle, all), [chronicle, all]));

  const drawn = useRef<LanesHandle>(null);
  const go = useCallback(
    (at: number, plays: boolean) => {
      player.seek(at);
      if (plays) void player.play();
    },
    [player],
  );
  const step = useCallback(
    (way: 1 | -1) => {
      const at = stepFrom(shown, player.placed ? player.time : -1, way);
      if (at !== undefined) player.seek(at);
    },
    [player, shown],
  );
  const run = useCallback(
    (command: Command) => {
      if (command === 'play') player.toggle();
      else if (command === 'next') step(1);
      else if (command === 'back') step(-1);
      else drawn.current?.zoom(command);
    },
    [player, step],
  );
  useKeys(run);

  return (
    <article className="call-page">
      <CallHead story={story} chronicle={chronicle} length={length} notice={notice} api={api} me={me} onErased={onErased} />
      <Findings findings={story.findings} onGo={(at) => go(at, false)} />
      <div className="call-left">
        <div className="call-time">
          <Lanes ref={drawn} lanes={lanes} chronicle={chronicle} length={length} live={live} waves={waves} player={player} />
          <PlayerBar player={player} story={story} mayHear={mayHear} length={length} />
        </div>
        <div className="call-accounts">
          <Bill bill={story.bill} chronicle={chronicle} running={live} />
          <Versions chronicle={chronicle} />
        </div>
      </div>
      <Transcript
        rows={shown}
        cast={chronicle.cast}
        waves={waves}
        player={player}
        live={live}
        all={all}
        onAll={setAll}
        onGo={(at) => go(at, player.audible)}
      />
    </article>
  );
}
