/** Which of the eight agent colours of the theme an agent has, on every page: its place in its line. */
import type { LineMap } from './types';

const COLOURS = 8;

/** For `data-colour`; nothing for an agent of whom no line knows. */
export function colourOf(agent: string | null, line: LineMap | undefined): number | undefined {
  const place = line?.agents.findIndex(({ id }) => id === agent) ?? -1;
  return place < 0 ? undefined : (place % COLOURS) + 1;
}
