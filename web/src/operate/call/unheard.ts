/** Why there is no sound of a call that does not run any more. */
import type { CallStory } from '../types';
import { textIn } from './field';

export type Unheard = 'notRecorded' | 'storing' | 'notStored' | 'away';

/** Its worker stores the recording when the call is over, unless it is gone. */
export function whyUnheard({ call, events, settled }: CallStory): Unheard {
  const stages = new Set(events.filter(({ kind }) => kind === 'recording').map((event) => textIn(event, 'stage')));
  if (!stages.has('began')) return 'notRecorded';
  if (stages.has('failed')) return 'notStored';
  if (call.ended_at !== null && !settled) return 'storing';
  return stages.has('stored') ? 'away' : 'notStored';
}
