/** Events for tests. */
import type { LedgerEvent } from '../../../../src/operate/types';

type Given = { kind: string; at: number } & Record<string, unknown>;

export function made(...given: Given[]): LedgerEvent[] {
  return given.map((event, index) => ({ ...event, seq: index + 1, wall: null }));
}

export const turn = (at: number, ended_at: number, more: Record<string, unknown> = {}): Given => ({
  kind: 'turn', at, agent: 'greeter', ended_at, first_token_ms: null, first_sound_ms: null, interrupted_at: null, silence_ms: null, ...more,
});
export const caller = (at: number, text: string): Given => ({ kind: 'caller_spoke', at, text });
export const agent = (at: number, text: string, more: Record<string, unknown> = {}): Given => ({
  kind: 'agent_spoke', at, agent: 'greeter', text, interrupted: false, ...more,
});
