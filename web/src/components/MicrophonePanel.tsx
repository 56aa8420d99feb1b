/** Which microphone is used, and whether it hears the caller. */
import { useLocalParticipant, useMediaDeviceSelect } from '@livekit/components-react';
import { LocalAudioTrack } from 'livekit-client';
import { useId } from 'react';
import { texts } from '../texts';
import { Level } from './Level';

export function MicrophonePanel({ muted }: { muted: boolean }) {
  const { microphoneTrack } = useLocalParticipant();
  const { devices, activeDeviceId, setActiveMediaDevice } = useMediaDeviceSelect({ kind: 'audioinput' });
  const id = useId();
  const track = microphoneTrack?.track;
  return (
    <div className="panel" role="group" aria-label={texts.microphone.title}>
      <label htmlFor={id}>{texts.microphone.device}</label>
      <select id={id} value={activeDeviceId} onChange={(change) => void setActiveMediaDevice(change.target.value)}>
        {devices.map(({ deviceId, label }, index) => (
          <option key={deviceId} value={deviceId}>
            {label || `${texts.microphone.unnamed} ${index + 1}`}
          </option>
        ))}
      </select>
      {track instanceof LocalAudioTrack && <Level track={track} muted={muted} />}
    </div>
  );
}
