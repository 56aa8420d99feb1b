/** What the page calls the line, its agents, people and tools: as the line says, or by their ids. */
import type { Line } from './call/line';
import { texts, type Doing } from './texts';

export interface Face {
  label: string;
  role: string;
  /** For `data-colour`. */
  colour: string | undefined;
}

export interface Names {
  /** Of an agent or a person; undefined: nobody has the caller yet. */
  face: (agent: string | undefined) => Face;
  tool: (tool: string) => Doing;
  /** Of a person who is being called. */
  calling: (person: string) => Doing;
}

export function namesOn(line: Line | undefined): Names {
  const face = (agent: string | undefined): Face => {
    if (agent === undefined) return { label: line?.front?.brand ?? texts.nobody, role: '', colour: undefined };
    const known = line?.agents.find(({ name }) => name === agent);
    return { label: known?.label ?? readable(agent), role: known?.role ?? '', colour: known?.colour };
  };
  return {
    face,
    tool: (tool) => line?.tools?.find(({ name }) => name === tool) ?? texts.tools[tool] ?? texts.otherTool,
    calling: (person) => texts.calling(face(person).label),
  };
}

/** An id as words: "night_desk" is "Night desk". */
function readable(id: string): string {
  const words = id.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
