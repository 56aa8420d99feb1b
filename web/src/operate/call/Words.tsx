/** The words of a speech, each with its time once it is in sight; the one that is played is marked. */
import { useMemo, useRef } from 'react';
import type { Peaks } from '../types';
import type { Player } from './player';
import type { Speech } from './speech';
import { texts } from './texts';
import { useNear } from './useNear';
import { usePlaying } from './usePlayer';
import { wordAt, wordsOf, type Word } from './words';

interface Props {
  speech: Speech;
  wave: Peaks | undefined;
  player: Player;
  current: boolean;
}

export function Words({ speech, wave, player, current }: Props) {
  const line = useRef<HTMLParagraphElement>(null);
  const near = useNear(line);
  const title = player.audible ? texts.transcript.word : texts.transcript.position;
  return (
    <p className="words" title={title} ref={line}>
      {near || current ? <Placed speech={speech} wave={wave} player={player} current={current} /> : speech.text}
    </p>
  );
}

function Placed({ speech, wave, player, current }: Props) {
  const words = useMemo(() => wordsOf(speech, wave), [speech, wave]);
  if (current) return <Spoken words={words} until={speech.to} player={player} />;
  return words.map((word, index) => <WordAt key={index} word={word} />);
}

function Spoken({ words, until, player }: { words: Word[]; until: number; player: Player }) {
  const said = usePlaying(player, ({ time }) => (time <= until + 0.2 ? wordAt(words, time) : -1));
  return words.map((word, index) => <WordAt key={index} word={word} said={index === said} />);
}

function WordAt({ word, said = false }: { word: Word; said?: boolean }) {
  return (
    <>
      <span data-at={Math.round(word.at * 1000) / 1000} data-said={said || undefined}>
        {word.text}
      </span>{' '}
    </>
  );
}
