/** The ticket of the call, kept by this tab over a reload. */
import { shelf, type Shelf } from './shelf';

export interface Kept {
  ticket: string;
  line: string;
  serverUrl: string;
  /** Names the attempt to use the ticket, which is good once: when the answer was lost, the same attempt gets it again. */
  attempt?: string;
}

export type Tickets = Shelf<Kept>;

export const tickets: Tickets = shelf('switchboard.call');
