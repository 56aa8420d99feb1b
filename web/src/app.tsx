/** The page: its frame, and the screen for the state of the call. */
import { Announcer } from './components/Announcer';
import { CallScreen } from './components/CallScreen';
import { Header } from './components/Header';
import { StartScreen } from './components/StartScreen';
import type { Call } from './call/call';
import { texts } from './texts';
import { useCall } from './useCall';
import { useLine } from './useLine';

interface Props {
  call: Call;
  base: string;
  line: string | undefined;
}

export function App({ call, base, line: name }: Props) {
  const state = useCall(call);
  const line = useLine(base, name);
  const idle = state.phase === 'idle';
  return (
    <div className="page" data-lk-theme="shop" data-phase={state.phase}>
      <a className="skip" href="#call">
        {texts.skip}
      </a>
      <Header />
      <main id="call" tabIndex={-1}>
        {idle ? <StartScreen call={call} state={state} /> : <CallScreen call={call} state={state} line={line} />}
      </main>
      <Announcer state={state} />
    </div>
  );
}
