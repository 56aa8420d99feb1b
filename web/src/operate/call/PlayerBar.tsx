/** The player: play, where we are, who is heard, how fast, and what leads back to this moment. */
import { useEffect, useState } from 'react';
import type { CallStory } from '../types';
import { clock } from './durations';
import { isErased } from './erased';
import { isRunning } from './isRunning';
import type { Player } from './player';
import { rewindCommand } from './rewind';
import { texts } from './texts';
import { whyUnheard } from './unheard';
import { addressOfMoment } from './useMoment';
import { usePlaying } from './usePlayer';

interface Props {
  player: Player;
  story: CallStory;
  mayHear: boolean;
  length: number;
}

const RATES = [1, 1.5, 2];

export function PlayerBar({ player, story, mayHear, length }: Props) {
  const playing = usePlaying(player, (each) => each.playing);
  const failed = usePlaying(player, (each) => each.failed);
  const rate = usePlaying(player, (each) => each.rate);
  const why = failed ? texts.player.failed : reason(story, mayHear);
  return (
    <div className="player">
      <button
        type="button"
        className="player-play"
        disabled={!player.audible}
        aria-label={playing ? texts.player.pause : texts.player.play}
        onClick={() => player.toggle()}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d={playing ? 'M5 4h3.5v12H5zM11.5 4H15v12h-3.5z' : 'M6 3.5v13l10.5-6.5z'} />
        </svg>
      </button>
      <Position player={player} length={length} />
      {why && <p className="player-why">{why}</p>}
      {player.audible && (
        <div className="player-lanes" role="group" aria-label={texts.player.lanes}>
          {player.tracks.map(({ lane }) => (
            <Mute key={lane} player={player} lane={lane} />
          ))}
          <button
            type="button"
            className="button player-rate"
            aria-label={`${texts.player.speed}: ${rate}`}
            onClick={() => player.setRate(RATES[(RATES.indexOf(rate) + 1) % RATES.length] ?? 1)}
          >
            {rate}×
          </button>
        </div>
      )}
      <div className="player-copies">
        <Copy name={texts.player.linkShort} title={texts.player.link} text={() => new URL(addressOfMoment(player.time), location.href).href} />
        {rewindCommand(story, 0) && (
          <Copy name={texts.player.rewind} title={texts.player.rewindHint} text={() => rewindCommand(story, player.time) ?? ''} />
        )}
      </div>
      <ul className="player-keys" aria-hidden="true">
        {texts.keys.map(([key, does]) => (
          <li key={key}>
            <kbd>{key}</kbd> {does}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Position({ player, length }: { player: Player; length: number }) {
  const tenths = usePlaying(player, ({ time }) => Math.floor(time * 10 + 1e-6));
  return (
    <p className="player-position" data-position={tenths / 10}>
      <strong>{clock(tenths / 10, true)}</strong> / {clock(length)}
    </p>
  );
}

function Mute({ player, lane }: { player: Player; lane: Player['tracks'][number]['lane'] }) {
  const muted = usePlaying(player, (each) => each.isMuted(lane));
  const name = texts.player.lane[lane];
  const label = muted ? texts.player.unmute(name) : texts.player.mute(name);
  return (
    <button type="button" className="button mute" data-lane={lane} aria-pressed={!muted} title={label} onClick={() => player.mute(lane, !muted)}>
      <span aria-hidden="true" className="mute-mark" />
      {name}
    </button>
  );
}

function Copy({ name, title, text }: { name: string; title: string; text: () => string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard.writeText(text()).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <button type="button" className="button" title={title} onClick={copy}>
      <span aria-live="polite">{copied ? texts.player.copied : name}</span>
    </button>
  );
}

function reason(story: CallStory, mayHear: boolean): string | null {
  if (isErased(story.events)) return texts.player.erased;
  if (isRunning(story.call)) return texts.player.later;
  if (!story.recording || story.recording.lanes.length === 0) return texts.player[whyUnheard(story)];
  return mayHear ? null : texts.player.forbidden;
}
