/** What is not as it should be during a call, and what the caller can do about it. */
import { useAudioPlayback, useRoomContext } from '@livekit/components-react';
import type { Call } from '../call/call';
import { isProblem } from '../call/microphone';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { Sound } from './icons';
import { Notice } from './Notice';
import { ProblemNotice } from './ProblemNotice';

interface Props {
  call: Call;
  state: CallState;
}

export function Notices({ call, state }: Props) {
  const { phase, problem, microphone, link } = state;
  if (phase === 'lost' && problem) {
    return (
      <ProblemNotice problem={problem}>
        <Button look="primary" onClick={() => void call.resume()}>
          {texts.start.continue}
        </Button>
        <Button look="plain" onClick={() => call.hangUp()}>
          {texts.start.end}
        </Button>
      </ProblemNotice>
    );
  }
  if (phase === 'over') return null;
  return (
    <>
      {link !== 'fine' && <LinkNotice call={call} link={link} />}
      {link === 'fine' && isProblem(microphone) && <Notice {...texts.microphoneProblems[microphone]} />}
      {phase === 'live' && <SoundNotice />}
    </>
  );
}

function LinkNotice({ call, link }: { call: Call; link: 'quiet' | 'lost' | 'restored' }) {
  const { title, text } = texts.link[link];
  return (
    <Notice title={title} text={text} tone={link === 'restored' ? 'good' : 'warning'}>
      {link !== 'restored' && <Button onClick={() => void call.resume()}>{texts.link.retry}</Button>}
    </Notice>
  );
}

/** Some browsers play sound only after a press of a button. */
function SoundNotice() {
  const { canPlayAudio, startAudio } = useAudioPlayback(useRoomContext());
  if (canPlayAudio) return null;
  return (
    <Button look="primary" icon={<Sound />} onClick={() => void startAudio()}>
      {texts.controls.sound}
    </Button>
  );
}
