/** The conversation with equal steps in a row as one: what an agent does again and again is one line with a count. */
import type { Entry, ToolRun } from './conversation';

export interface Step {
  /** The first of the equal ones; running while any of them is. */
  entry: Entry;
  times: number;
}

export function stepsOf(entries: Entry[]): Step[] {
  const steps: Step[] = [];
  for (const entry of entries) {
    const last = steps.at(-1);
    if (last && isEqual(last.entry, entry)) steps[steps.length - 1] = { entry: joined(last.entry, entry), times: last.times + 1 };
    else steps.push({ entry, times: 1 });
  }
  return steps;
}

/** Whether `other` does the same as `one`, the step before it. Words are no step. */
function isEqual(one: Entry, other: Entry): boolean {
  if (one.kind === 'tool' && other.kind === 'tool') return one.tool === other.tool && endsAlike(one, other);
  if (one.kind === 'person' && other.kind === 'person') return one.person === other.person && endsAlike(one, other);
  if (one.kind === 'handoff' && other.kind === 'handoff') return one.to === other.to;
  return one.kind === 'resumed' && other.kind === 'resumed';
}

interface Doing {
  outcome: ToolRun['outcome'];
}

/** A step that failed is another one than a step that worked, or may work yet. */
function endsAlike(one: Doing, other: Doing): boolean {
  return (one.outcome === 'failed') === (other.outcome === 'failed');
}

function joined(one: Entry, other: Entry): Entry {
  return 'outcome' in one && 'outcome' in other && other.outcome === 'running' ? { ...one, outcome: 'running' } : one;
}
