/** Mutes the microphone; where there is none yet, asks for it. */
import type { Call } from '../call/call';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { Microphone, MicrophoneOff } from './icons';

interface Props {
  call: Call;
  state: CallState;
}

export function MuteButton({ call, state: { microphone, phase } }: Props) {
  if (microphone !== 'on' && microphone !== 'muted') {
    const possible = microphone !== 'asking' && (phase === 'live' || phase === 'waiting');
    return (
      <Button className="control" icon={<MicrophoneOff />} disabled={!possible} onClick={() => void call.speak()}>
        {texts.controls.speak}
      </Button>
    );
  }
  const muted = microphone === 'muted';
  return (
    <Button
      className="control"
      icon={muted ? <MicrophoneOff /> : <Microphone />}
      data-muted={muted}
      onClick={() => void call.mute(!muted)}
    >
      {muted ? texts.controls.unmute : texts.controls.mute}
    </Button>
  );
}
