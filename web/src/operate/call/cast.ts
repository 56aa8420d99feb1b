/** Who is in a call: its agents in order, each with a name and a colour. */
import { COLOURS, colourOf, nameOf } from '../colours';
import type { LedgerEvent, LineMap } from '../types';
import { textIn } from './field';

export interface Cast {
  agents: string[];
  persons: string[];
  nameOf: (id: string) => string;
  /** For `data-colour`. */
  colourOf: (agent: string) => string;
}

export function castOf(events: LedgerEvent[], line: LineMap | undefined): Cast {
  const agents = new Set<string>();
  const persons = new Set<string>();
  for (const event of events) {
    if (event.kind === 'person' || event.kind === 'person_spoke') persons.add(textIn(event, 'target'));
    else agents.add(textIn(event, 'agent'));
    if (event.kind === 'handoff_done') agents.add(textIn(event, 'target'));
  }
  // work for a person ("used") names them as its agent
  const theirs = [...agents].filter((agent) => agent !== '' && !persons.has(agent));
  return {
    agents: theirs,
    persons: [...persons],
    nameOf: (id) => nameOf(id, line) ?? '',
    colourOf: (agent) => colourOf(agent, line) ?? COLOURS[Math.max(0, theirs.indexOf(agent)) % COLOURS.length] ?? 'none',
  };
}

/** "caller_left" as "Caller left". */
export function readable(id: string): string {
  const words = id.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
