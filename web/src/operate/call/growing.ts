/** A story that grows by events. */
import { billWith } from './cost';
import type { CallStory, LedgerEvent } from '../types';

export function newestOf(story: CallStory | null): number {
  return story?.events.reduce((most, { seq }) => Math.max(most, seq), 0) ?? 0;
}

/** The story with what is new of `events`; the same one if nothing is. */
export function grown(story: CallStory, events: LedgerEvent[]): CallStory {
  const known = new Set(story.events.map(({ seq }) => seq));
  const fresh = events.filter(({ seq }) => !known.has(seq) && known.add(seq));
  if (fresh.length === 0) return story;
  return { ...story, bill: billWith(story.bill, fresh), events: [...story.events, ...fresh].sort((one, other) => one.seq - other.seq) };
}

/** Whether events are missing between the first and the newest. */
export function hasGap({ events }: CallStory): boolean {
  return events.some(({ seq }, index) => index > 0 && seq > (events[index - 1]?.seq ?? seq) + 1);
}
