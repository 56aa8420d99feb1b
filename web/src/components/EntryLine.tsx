/** One line of the conversation. */
import type { Entry, Said, ToolRun } from '../call/conversation';
import { agentText, personText, texts, toolText } from '../texts';
import { Check, Cross } from './icons';

interface Props {
  entry: Entry;
  before: Entry | undefined;
}

export function EntryLine({ entry, before }: Props) {
  switch (entry.kind) {
    case 'said':
      return <SaidLine said={entry} named={!sameVoice(entry, before)} />;
    case 'tool':
      return <Doing outcome={entry.outcome} words={toolText(entry.tool)[entry.outcome]} data-tool={entry.tool} />;
    case 'person':
      return <Doing outcome={entry.outcome} words={personText(entry.person)[entry.outcome]} data-person={entry.person} />;
    case 'handoff':
      return <li className="moment">{texts.transcript.joined(agentText(entry.to).name)}</li>;
    case 'resumed':
      return <li className="moment">{texts.transcript.resumed}</li>;
  }
}

function SaidLine({ said, named }: { said: Said; named: boolean }) {
  const name = said.who === 'caller' ? texts.transcript.you : agentText(said.agent).name;
  return (
    <li className={`said said-${said.who}`} data-who={said.who} data-agent={said.agent} data-final={said.final}>
      <span className={named ? 'said-name' : 'hidden'}>
        {name}
        {said.typed && <span className="said-typed"> · {texts.transcript.typed}</span>}
      </span>
      <span className="said-words">{said.text}</span>
    </li>
  );
}

function Doing({ outcome, words, ...data }: { outcome: ToolRun['outcome']; words: string } & Record<string, string>) {
  return (
    <li className="tool" data-outcome={outcome} {...data}>
      {outcome === 'running' && <span className="spinner" aria-hidden="true" />}
      {outcome === 'done' && <Check />}
      {outcome === 'failed' && <Cross />}
      {words}
      {outcome === 'running' && '…'}
    </li>
  );
}

function sameVoice(said: Said, before: Entry | undefined): boolean {
  return before?.kind === 'said' && before.who === said.who && before.agent === said.agent;
}
