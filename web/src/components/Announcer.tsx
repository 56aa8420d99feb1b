/** What a screen reader says by itself: the state of the call, and each line of the conversation once it is whole. */
import type { Entry } from '../call/conversation';
import { stepsOf, type Step } from '../call/steps';
import type { CallState } from '../call/state';
import type { Names } from '../names';
import { texts } from '../texts';
import { useNames } from '../useNames';

/** Lines kept for the screen reader: it reads what is added, not what stands there. */
const KEPT = 5;

export function Announcer({ state }: { state: CallState }) {
  const names = useNames();
  const lines = state.phase === 'idle' ? [] : stepsOf(state.entries).filter(isNews).slice(-KEPT);
  return (
    <div className="hidden">
      <div role="status" aria-live="polite" data-testid="state">
        {stateWords(state, names)}
      </div>
      <div aria-live="polite" aria-relevant="additions" data-testid="spoken">
        {lines.map((step) => (
          <p key={keyOf(step)}>{stepWords(step, names)}</p>
        ))}
      </div>
    </div>
  );
}

function stateWords({ phase, agent, agentState, link }: CallState, names: Names): string {
  if (phase === 'calling') return texts.call.connecting;
  if (phase === 'waiting') return texts.call.waiting;
  if (phase !== 'live' || link === 'lost') return '';
  // speaking is heard, and listening follows it: only who is there, and that they think, needs saying
  const { label } = names.face(agent);
  return agentState === 'thinking' ? `${label}: ${texts.call.states.thinking}` : `${texts.call.talkingTo} ${label}`;
}

/** What is begun again is no news before it has ended. */
function isNews({ entry, times }: Step): boolean {
  if ('outcome' in entry && entry.outcome === 'running') return times === 1;
  return entry.kind !== 'said' || (entry.final && !(entry.who === 'caller' && entry.typed));
}

function keyOf({ entry, times }: Step): string {
  return 'outcome' in entry ? `${entry.id}-${entry.outcome}-${times}` : entry.id;
}

function stepWords({ entry, times }: Step, names: Names): string {
  const words = lineWords(entry, names);
  return 'outcome' in entry && times > 1 ? `${words}, ${texts.transcript.times(times)}` : words;
}

function lineWords(entry: Entry, names: Names): string {
  switch (entry.kind) {
    case 'said':
      return `${entry.who === 'caller' ? texts.transcript.you : names.face(entry.agent).label}: ${entry.text}`;
    case 'tool':
      return names.tool(entry.tool)[entry.outcome];
    case 'person':
      return names.calling(entry.person)[entry.outcome];
    case 'handoff':
      return texts.transcript.joined(names.face(entry.to).label);
    case 'resumed':
      return texts.transcript.resumed;
  }
}
