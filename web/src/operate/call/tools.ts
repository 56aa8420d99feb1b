/** Tool calls, each from its call to its return. */
import type { LedgerEvent } from '../types';
import { flagIn, numberIn, recordIn, textIn } from './field';

export interface ToolRun {
  seq: number;
  tool: string;
  agent: string;
  arguments: Record<string, unknown>;
  /** Null while it runs, and for ever if it was never told. */
  result: string | null;
  failed: boolean;
  from: number;
  to: number | null;
  ms: number | null;
}

export function toolsOf(events: LedgerEvent[]): ToolRun[] {
  const runs: ToolRun[] = [];
  const open = new Map<string, ToolRun>();
  for (const event of events) {
    if (event.kind === 'tool_called') {
      const run = called(event);
      runs.push(run);
      open.set(textIn(event, 'call_id'), run);
    }
    if (event.kind === 'tool_returned') {
      const known = open.get(textIn(event, 'call_id'));
      if (known) Object.assign(known, returned(event));
      else runs.push({ ...called(event), ...returned(event), from: event.at - (numberIn(event, 'ms') ?? 0) / 1000 });
      open.delete(textIn(event, 'call_id'));
    }
  }
  return runs;
}

function called(event: LedgerEvent): ToolRun {
  const nothing = { result: null, failed: false, to: null, ms: null };
  const [tool, agent] = [textIn(event, 'tool'), textIn(event, 'agent')];
  return { seq: event.seq, tool, agent, arguments: recordIn(event, 'arguments'), from: event.at, ...nothing };
}

function returned(event: LedgerEvent) {
  return { result: textIn(event, 'result'), failed: flagIn(event, 'failed'), to: event.at, ms: numberIn(event, 'ms') };
}
