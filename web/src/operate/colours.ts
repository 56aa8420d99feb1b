/** How an agent is called and coloured on every page: by its line, which knows it. */
import type { LineMap } from './types';
import { sentence, words } from './words';

/** Those that a line can give (web/src/styles/palette.css), for agents of whom no line knows. */
export const COLOURS = ['green', 'blue', 'violet', 'teal', 'magenta', 'olive', 'brown', 'slate'];

/** For `data-colour`; nothing for an agent of whom no line knows. */
export function colourOf(agent: string | null, line: LineMap | undefined): string | undefined {
  return line?.agents.find(({ id }) => id === agent)?.colour;
}

/** The name of an agent, a person or a place. */
export function nameOf(agent: string | null, line: LineMap | undefined): string | undefined {
  if (agent === null) return undefined;
  const id = agent.replaceAll(' ', '_');
  return [...(line?.agents ?? []), ...(line?.places ?? [])].find((one) => one.id === id)?.label ?? sentence(words(agent));
}
