/** The page: its frame, and the screen for the state of the call. */
import { useEffect, useMemo } from 'react';
import { Announcer } from './components/Announcer';
import { CallScreen } from './components/CallScreen';
import { Header } from './components/Header';
import { StartScreen } from './components/StartScreen';
import type { Call } from './call/call';
import { namesOn } from './names';
import { texts } from './texts';
import { useCall } from './useCall';
import { useLine } from './useLine';
import { NamesContext } from './useNames';

interface Props {
  call: Call;
  base: string;
  line: string | undefined;
}

export function App({ call, base, line: name }: Props) {
  const state = useCall(call);
  const line = useLine(base, name);
  const names = useMemo(() => namesOn(line), [line]);
  const brand = line?.front?.brand;
  const idle = state.phase === 'idle';
  useEffect(() => {
    if (brand) document.title = texts.title(brand);
  }, [brand]);
  return (
    <NamesContext value={names}>
      <div className="page" data-lk-theme="page" data-phase={state.phase}>
        <a className="skip" href="#call">
          {texts.skip}
        </a>
        <Header front={line?.front} />
        <main id="call" tabIndex={-1}>
          {idle ? <StartScreen call={call} state={state} line={line} /> : <CallScreen call={call} state={state} line={line} />}
        </main>
        <Announcer state={state} />
      </div>
    </NamesContext>
  );
}
