/** One line of the conversation. */
import type { Entry, Said, ToolRun } from '../call/conversation';
import { texts, type Doing as DoingText } from '../texts';
import { useNames } from '../useNames';
import { Check, Cross } from './icons';

interface Props {
  entry: Entry;
  /** How often a step was done in a row. */
  times: number;
  before: Entry | undefined;
}

export function EntryLine({ entry, times, before }: Props) {
  const names = useNames();
  switch (entry.kind) {
    case 'said':
      return <SaidLine said={entry} named={!sameVoice(entry, before)} />;
    case 'tool':
      return <Doing outcome={entry.outcome} times={times} text={names.tool(entry.tool)} data={{ 'data-tool': entry.tool }} />;
    case 'person':
      return <Doing outcome={entry.outcome} times={times} text={names.calling(entry.person)} data={{ 'data-person': entry.person }} />;
    case 'handoff':
      return <Joined to={entry.to} />;
    case 'resumed':
      return <li className="moment">{texts.transcript.resumed}</li>;
  }
}

function SaidLine({ said, named }: { said: Said; named: boolean }) {
  const face = useNames().face(said.agent);
  const name = said.who === 'caller' ? texts.transcript.you : face.label;
  const agent = said.who === 'agent' ? { 'data-agent': said.agent, 'data-colour': face.colour } : {};
  return (
    <li className={`said said-${said.who}`} data-who={said.who} data-final={said.final} {...agent}>
      <span className={named ? 'said-name' : 'hidden'}>
        {name}
        {said.typed && <span className="said-typed"> · {texts.transcript.typed}</span>}
      </span>
      <span className="said-words">{said.text}</span>
    </li>
  );
}

function Joined({ to }: { to: string }) {
  const { label, colour } = useNames().face(to);
  return (
    <li className="moment" data-colour={colour}>
      {texts.transcript.joined(label)}
    </li>
  );
}

interface DoingProps {
  outcome: ToolRun['outcome'];
  times: number;
  text: DoingText;
  data: Record<string, string>;
}

function Doing({ outcome, times, text, data }: DoingProps) {
  return (
    <li className="tool" data-outcome={outcome} data-times={times} {...data}>
      {outcome === 'running' && <span className="spinner" aria-hidden="true" />}
      {outcome === 'done' && <Check />}
      {outcome === 'failed' && <Cross />}
      <span>
        {text[outcome]}
        {outcome === 'running' && '…'}
        {times > 1 && ` · ${texts.transcript.times(times)}`}
      </span>
    </li>
  );
}

function sameVoice(said: Said, before: Entry | undefined): boolean {
  return before?.kind === 'said' && before.who === said.who && before.agent === said.agent;
}
