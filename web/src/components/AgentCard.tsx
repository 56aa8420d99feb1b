/** Who is speaking with the caller, and what they are doing. */
import { BarVisualizer, useVoiceAssistant, type AgentState } from '@livekit/components-react';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { useNames } from '../useNames';
import { Duration } from './Duration';
import { Heading } from './Heading';
import { Quality } from './Quality';

export function AgentCard({ state }: { state: CallState }) {
  const { audioTrack } = useVoiceAssistant();
  const { label, role, colour } = useNames().face(state.agent);
  const doing = doingOf(state);
  return (
    <div className="agent card" data-agent={state.agent} data-colour={colour} data-doing={doing}>
      <div className="agent-top">
        {state.phase === 'live' && <Quality />}
        {state.startedAt !== undefined && <Duration since={state.startedAt} running={state.phase !== 'lost'} />}
      </div>
      <BarVisualizer
        className="voice"
        aria-hidden="true"
        barCount={7}
        state={visual(state)}
        options={{ minHeight: 14, maxHeight: 100 }}
        {...(audioTrack && { track: audioTrack })}
      />
      <div className="agent-words">
        <p className="agent-with">{kickerOf(state)}</p>
        <Heading focus className="agent-name">
          {label}
        </Heading>
        {role && <p className="agent-role">{role}</p>}
        <p className="agent-state" data-state={doing}>
          <span className="agent-dot" aria-hidden="true" />
          {sentenceOf(state, doing)}
        </p>
      </div>
    </div>
  );
}

type Doing = keyof typeof texts.call.states;

function doingOf(state: CallState): Doing {
  if (state.phase === 'calling' || state.phase === 'waiting') return state.phase;
  if (state.phase === 'lost' || state.link === 'lost') return 'lost';
  if (state.link === 'quiet') return 'quiet';
  return state.agentState === 'thinking' || state.agentState === 'speaking' ? state.agentState : 'listening';
}

function visual({ phase, link, agentState }: CallState): AgentState {
  if (phase === 'lost' || link === 'quiet') return 'disconnected';
  return phase === 'live' && link !== 'lost' ? agentState : 'connecting';
}

function kickerOf({ phase }: CallState): string {
  if (phase === 'calling' || phase === 'waiting') return texts.call.states[phase];
  return phase === 'lost' ? texts.call.talkedTo : texts.call.talkingTo;
}

function sentenceOf(state: CallState, doing: Doing): string {
  if (state.phase === 'lost') return texts.problems[state.problem?.kind ?? 'connectionLost'].title;
  if (state.phase === 'waiting') return texts.call.waiting;
  if (state.phase !== 'calling') return texts.call.states[doing];
  return state.microphone === 'asking' ? texts.call.allow : texts.call.connecting;
}
