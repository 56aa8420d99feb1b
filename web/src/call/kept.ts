/** The token of the call, kept by this tab over a reload. */
import { shelf, type Shelf } from './shelf';

export interface Kept {
  token: string;
  line: string;
  serverUrl: string;
  /** Names the attempt to use the resume token, which is good once: when the answer was lost, the same attempt gets it again. */
  attempt?: string;
}

export type KeptCall = Shelf<Kept>;

export const keptCall: KeptCall = shelf('switchboard.call');
