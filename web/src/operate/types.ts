/** What the web app answers under `/operate/api`. Times are ISO, in UTC. */

export type Role = 'operator' | 'supervisor' | 'admin';

export interface Me {
  name: string;
  role: Role;
  signed_out_at: string | null;
}

/** Null is what is not known: it is never nothing. */
export type Amount = number | string | null;

/** An agent, or a person or a place outside of the line. */
export interface Agent {
  id: string;
  label: string;
  /** One of the palette's. */
  colour: string;
}

/** The first agent is the one with whom calls start. */
export interface LineMap {
  name: string;
  agents: Agent[];
  /** An older server does not tell. */
  places?: Agent[];
  handoffs: [from: string, to: string][];
}

export type Doing =
  | 'listening'
  | 'thinking'
  | 'speaking'
  | 'in a tool'
  | 'ringing a person'
  | 'with a person'
  | 'lost';

export interface Finding {
  rule: string;
  at: number;
  sentence: string;
}

/** A call as *Now* shows it. */
export interface Tile {
  id: string;
  line: string;
  agent: string | null;
  caller: string | null;
  started_at: string;
  ended_at: string | null;
  outcome: string | null;
  doing: Doing;
  tool: string | null;
  last: { who: 'caller' | 'agent' | 'person'; text: string } | null;
  alarms: Finding[];
  seq: number;
}

export interface Worker {
  id: string;
  calls: number;
  most: number;
  seen_at: string;
}

export interface Today {
  calls: number;
  answered: number;
  busy: number;
  ended: Record<string, number>;
  to_person: number;
  first_sound_ms: { p50: number | null; p95: number | null };
  /** `unknown` counts the calls whose cost is not wholly known. */
  cost: { amount: Amount; currency: string | null; unknown: number };
}

/** The first event of the live feed: all of it. */
export interface Now {
  calls: Tile[];
  workers: Worker[];
  today: Today;
  lines: LineMap[];
}

/** A call in the list. */
export interface CallLine {
  id: string;
  line: string;
  agent: string | null;
  agents: string[];
  caller: string | null;
  started_at: string;
  ended_at: string | null;
  /** Why it ended, or `lost`: it has no end, and will get none; null while it runs. */
  outcome: string | null;
  seconds: number | null;
  cost: Amount;
  currency: string | null;
  rules: string[];
  first_sound_p50_ms: number | null;
  to_person: boolean;
}

export interface CallsPage {
  calls: CallLine[];
  next: string | null;
}

/** What the list can be filtered by. */
export interface Choices {
  lines: LineMap[];
  rules: { rule: string; sentence: string }[];
}

/** An event of the ledger, as stored; the rest of it depends on its kind. */
export interface LedgerEvent {
  kind: string;
  seq: number;
  /** Seconds since the call began, which are the seconds of its recording. */
  at: number;
  wall: string | null;
  [field: string]: unknown;
}

export interface Bill {
  total: Cost;
  agents: Record<string, Cost>;
  handoffs: HandoffCost[];
}

export interface Cost {
  amount: Amount;
  currency: string | null;
  /** What has no price. */
  unknown: string[];
}

export interface HandoffCost extends Cost {
  source: string;
  target: string;
  [field: string]: unknown;
}

export type Lane = 'caller' | 'agent' | 'person';

export interface Peaks {
  per_second: number;
  /** 0 to 100. */
  peaks: number[];
}

/** All of one call. */
export interface CallStory {
  call: CallLine;
  events: LedgerEvent[];
  findings: Finding[];
  bill: Bill;
  recording: { lanes: Lane[] } | null;
  /** Nothing of it is to come any more. */
  settled: boolean;
}
