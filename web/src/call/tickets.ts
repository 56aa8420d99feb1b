/** The ticket of the call, kept by this tab over a reload. */

export interface Kept {
  ticket: string;
  line: string;
  serverUrl: string;
  /** Names the attempt to use the ticket, which is good once: when the answer was lost, the same attempt gets it again. */
  attempt?: string;
}

const KEY = 'switchboard.call';

export const tickets = {
  load(): Kept | undefined {
    try {
      const text = sessionStorage.getItem(KEY);
      return text === null ? undefined : (JSON.parse(text) as Kept);
    } catch {
      return undefined; // storage is blocked, or not ours: a reload then starts anew
    }
  },
  save(kept: Kept): void {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // storage is blocked: a reload then starts anew
    }
  },
  clear(): void {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // storage is blocked: there is nothing to clear
    }
  },
};

/** A name for an attempt that nobody can guess. */
export function newAttempt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type Tickets = typeof tickets;
