/** The command by which a developer takes the call up at a turn (docs/rewind.md). */
import type { CallStory } from '../types';
import { isErased } from './erased';

/** At the turn of the caller that a moment is in, the first one at least; null: the call cannot be taken up. */
export function rewindCommand({ call, events }: CallStory, time: number): string | null {
  const turns = events.filter(({ kind }) => kind === 'caller_spoke');
  if (call.ended_at === null || isErased(events) || turns.length === 0) return null;
  const begun = turns.filter(({ at }) => at <= time).length;
  return `main.py rewind ${call.id} --turn ${Math.max(1, begun)}`;
}
