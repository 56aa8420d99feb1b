/** How an agent is called and coloured on every page: by its line, which knows it. */
import type { LineMap } from './types';
import { sentence, words } from './words';

const COLOURS = 8;

/** For `data-colour`, its place in its line; nothing for an agent of whom no line knows. */
export function colourOf(agent: string | null, line: LineMap | undefined): number | undefined {
  const place = line?.agents.findIndex(({ id }) => id === agent) ?? -1;
  return place < 0 ? undefined : (place % COLOURS) + 1;
}

export function nameOf(agent: string | null, line: LineMap | undefined): string | undefined {
  if (agent === null) return undefined;
  return line?.agents.find(({ id }) => id === agent)?.label ?? sentence(words(agent));
}
