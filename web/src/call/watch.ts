/** Watches over the agent's presence: one has to come, and one has to stay. */

/** Milliseconds. */
export interface Patience {
  answer: number;
  absence: number;
  farewell: number;
}

export const PATIENCE: Patience = { answer: 10_000, absence: 2_000, farewell: 4_000 };

export interface Watched {
  noAgent(): void;
  agentLost(): void;
  ended(): void;
}

export class Watch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seen = false;
  private ending = false;
  private away = false;
  private moving = false;

  constructor(
    private readonly watched: Watched,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** The caller is in the room, for the first time or again. An agent may be on its way. */
  connected(agentThere: boolean): void {
    this.away = false;
    if (this.ending) this.awaitEnd();
    else if (agentThere) this.arrived();
    else this.after(this.patience.answer, () => (this.seen ? this.watched.agentLost() : this.watched.noAgent()));
  }

  /** The caller's own connection is cut: what is seen of the room now means nothing. */
  cut(): void {
    this.away = true;
    this.stop();
  }

  arrived(): void {
    this.seen = true;
    this.moving = false;
    if (!this.ending) this.stop();
  }

  left(): void {
    if (this.away) return;
    if (this.ending) this.watched.ended();
    else if (this.seen) this.after(this.moving ? this.patience.answer : this.patience.absence, () => this.watched.agentLost());
  }

  /** The agent leaves, and another one comes. */
  moves(): void {
    this.moving = true;
  }

  /** The line has said that the call ends: the room should close by itself. */
  farewell(): void {
    if (this.ending) return;
    this.ending = true;
    this.awaitEnd();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private awaitEnd(): void {
    this.after(this.patience.farewell, () => this.watched.ended());
  }

  private after(milliseconds: number, then: () => void): void {
    this.stop();
    this.timer = setTimeout(then, milliseconds);
  }
}
