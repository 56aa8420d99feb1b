/** What the line tells the page about itself, on the text stream topic `switchboard.events`. */

export const EVENTS_TOPIC = 'switchboard.events';
export const AGENT_ATTRIBUTE = 'switchboard.agent';

/** `seq`: the place among the events of the call, from 1; undefined from a line that does not number them. */
export type LineEvent = { seq?: number | undefined } & (
  | { kind: 'tool_called' | 'tool_returned'; agent: string; tool: string; id: string; failed: boolean }
  | { kind: 'handoff'; from: string; to: string }
  | { kind: 'person'; person: string; state: 'called' | 'unreached' }
  | { kind: 'moving' }
  | { kind: 'taken'; id: string }
  | { kind: 'ended'; reason: string }
);

/** One event, or undefined for anything that this page does not know. */
export function parseEvent(text: string): LineEvent | undefined {
  const event = numbered(parsed(text));
  switch (event?.['kind']) {
    case 'tool_called':
    case 'tool_returned':
      if (!hasTexts(event, 'tool', 'id')) return undefined;
      return { ...event, agent: event['agent'] ?? '', failed: event['failed'] === true } as LineEvent;
    case 'handoff':
      return hasTexts(event, 'from', 'to') ? (event as LineEvent) : undefined;
    case 'person':
      if (event['state'] !== 'called' && event['state'] !== 'unreached') return undefined;
      return hasTexts(event, 'person') ? (event as LineEvent) : undefined;
    case 'moving':
      return event as LineEvent;
    case 'taken':
      return hasTexts(event, 'id') ? (event as LineEvent) : undefined;
    case 'callback':
      return callbackStep(event);
    case 'ended':
      return hasTexts(event, 'reason') ? (event as LineEvent) : undefined;
    default:
      return undefined;
  }
}

const CALLBACK_STATES = ['tried', 'served', 'not_wanted', 'failed'];

/** A callback that is offered without a model is shown as a tool is. */
function callbackStep({ state, seq }: Record<string, unknown>): LineEvent | undefined {
  if (typeof state !== 'string' || !CALLBACK_STATES.includes(state)) return undefined;
  const kind = state === 'tried' ? 'tool_called' : 'tool_returned';
  const failed = state === 'not_wanted' || state === 'failed';
  return { kind, agent: '', tool: 'callback', id: 'callback', failed, seq } as LineEvent;
}

/** An event whose number is none is one without a number. */
function numbered(event: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return event && { ...event, seq: Number.isInteger(event['seq']) ? event['seq'] : undefined };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function hasTexts(event: Record<string, unknown>, ...names: string[]): boolean {
  return names.every((name) => typeof event[name] === 'string');
}
