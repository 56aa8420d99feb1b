/** What a screen reader says by itself: the state of the call, and each line of the conversation once it is whole. */
import type { Entry } from '../call/conversation';
import type { CallState } from '../call/state';
import { agentText, personText, texts, toolText } from '../texts';

/** Lines kept for the screen reader: it reads what is added, not what stands there. */
const KEPT = 5;

export function Announcer({ state }: { state: CallState }) {
  const lines = state.phase === 'idle' ? [] : state.entries.filter(isWhole).slice(-KEPT);
  return (
    <div className="hidden">
      <div role="status" aria-live="polite" data-testid="state">
        {stateWords(state)}
      </div>
      <div aria-live="polite" aria-relevant="additions" data-testid="spoken">
        {lines.map((entry) => (
          <p key={`${entry.id}-${'outcome' in entry ? entry.outcome : ''}`}>{lineWords(entry)}</p>
        ))}
      </div>
    </div>
  );
}

function stateWords({ phase, agent, agentState, link }: CallState): string {
  if (phase === 'calling') return texts.call.connecting;
  if (phase === 'waiting') return texts.call.waiting;
  if (phase !== 'live' || link === 'lost') return '';
  // speaking is heard, and listening follows it: only who is there, and that they think, needs saying
  const { name } = agentText(agent);
  return agentState === 'thinking' ? `${name}: ${texts.call.states.thinking}` : `${texts.call.talkingTo} ${name}`;
}

function isWhole(entry: Entry): boolean {
  return entry.kind !== 'said' || (entry.final && !(entry.who === 'caller' && entry.typed));
}

function lineWords(entry: Entry): string {
  switch (entry.kind) {
    case 'said':
      return `${entry.who === 'caller' ? texts.transcript.you : agentText(entry.agent).name}: ${entry.text}`;
    case 'tool':
      return toolText(entry.tool)[entry.outcome];
    case 'person':
      return personText(entry.person)[entry.outcome];
    case 'handoff':
      return texts.transcript.joined(agentText(entry.to).name);
    case 'resumed':
      return texts.transcript.resumed;
  }
}
