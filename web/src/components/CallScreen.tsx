/** A call, from dialling until after it ended: who is there, what is said, what the caller can do. */
import { RoomAudioRenderer, RoomContext } from '@livekit/components-react';
import type { Call } from '../call/call';
import type { Line } from '../call/line';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { AgentCard } from './AgentCard';
import { Composer } from './Composer';
import { Controls } from './Controls';
import { LineGraph } from './LineGraph';
import { Notices } from './Notices';
import { OverCard } from './OverCard';
import { Transcript } from './Transcript';

interface Props {
  call: Call;
  state: CallState;
  line: Line | undefined;
}

export function CallScreen({ call, state, line }: Props) {
  const open = state.phase !== 'over' && state.phase !== 'lost';
  return (
    <RoomContext.Provider value={call.room}>
      <div className="call">
        <section className="call-side" aria-label={texts.call.region}>
          <div className="call-scroll">
            {state.phase === 'over' ? <OverCard call={call} state={state} /> : <AgentCard state={state} />}
            <Notices call={call} state={state} />
            {line && state.phase !== 'over' && <LineGraph line={line} state={state} />}
          </div>
          {open && <Controls call={call} state={state} />}
        </section>
        <section className="conversation card" aria-labelledby="conversation-title">
          <h2 id="conversation-title">{texts.transcript.title}</h2>
          <Transcript entries={state.entries} />
          {open && <Composer call={call} ready={state.phase === 'live'} />}
        </section>
      </div>
      {open && <RoomAudioRenderer />}
    </RoomContext.Provider>
  );
}
