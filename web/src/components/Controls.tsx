/** What the caller can do besides speaking. */
import { useState } from 'react';
import type { Call } from '../call/call';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { HangUp, Keypad as KeypadIcon, Sliders } from './icons';
import { Keypad } from './Keypad';
import { MicrophonePanel } from './MicrophonePanel';
import { MuteButton } from './MuteButton';

interface Props {
  call: Call;
  state: CallState;
}

type Panel = 'keypad' | 'microphone';

export function Controls({ call, state }: Props) {
  const [panel, setPanel] = useState<Panel>();
  const live = state.phase === 'live';
  const speaking = state.microphone === 'on' || state.microphone === 'muted';
  const toggle = (which: Panel) => setPanel(panel === which ? undefined : which);
  return (
    <div className="controls card" role="group" aria-label={texts.controls.label}>
      {panel === 'keypad' && live && <Keypad call={call} />}
      {panel === 'microphone' && speaking && <MicrophonePanel muted={state.microphone === 'muted'} />}
      <div className="controls-row">
        <MuteButton call={call} state={state} />
        <Button
          className="control"
          icon={<Sliders />}
          disabled={!speaking}
          aria-expanded={panel === 'microphone' && speaking}
          aria-label={texts.controls.microphoneLong}
          onClick={() => toggle('microphone')}
        >
          {texts.controls.microphone}
        </Button>
        <Button
          className="control"
          icon={<KeypadIcon />}
          disabled={!live}
          aria-expanded={panel === 'keypad' && live}
          onClick={() => toggle('keypad')}
        >
          {texts.controls.keypad}
        </Button>
        <Button className="control" look="danger" icon={<HangUp />} onClick={() => call.hangUp()}>
          {texts.controls.hangUp}
        </Button>
      </div>
    </div>
  );
}
