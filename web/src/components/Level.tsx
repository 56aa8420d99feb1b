/** How loud the caller is. */
import { useTrackVolume } from '@livekit/components-react';
import type { LocalAudioTrack } from 'livekit-client';
import { texts } from '../texts';

interface Props {
  track: LocalAudioTrack;
  muted: boolean;
}

export function Level({ track, muted }: Props) {
  const volume = useTrackVolume(track);
  const percent = muted ? 0 : Math.round(100 * Math.min(1, volume * 2));
  return (
    <div className="level">
      <span className="level-name">{texts.microphone.level}</span>
      <div
        className="level-bar"
        role="meter"
        aria-label={texts.microphone.level}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      <span className="level-hint">{muted ? texts.microphone.mutedHint : texts.microphone.levelHint}</span>
    </div>
  );
}
