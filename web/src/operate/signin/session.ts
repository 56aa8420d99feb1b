/** Who is signed in: asked at the start, and again whenever the server says that nobody is, or the time is up. */
import type { Api, Refusal } from '../api';
import { reasonOf } from '../reason';
import type { Me } from '../types';

/** Whether somebody was signed in before, and how it ended. */
export type Was = 'nobody' | 'expired' | 'left';

export type Standing = { me: Me } | { refusal: Refusal; was: Was } | undefined;

const LONGEST_TIMER = 2 ** 31 - 1;

export class Session {
  standing: Standing;
  private readonly listeners = new Set<() => void>();
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly api: Api) {
    api.onRefused(({ kind }) => {
      if (kind === 'signed out' && this.standing && 'me' in this.standing) void this.ask('expired');
    });
  }

  async ask(was: Was = 'nobody'): Promise<void> {
    const turn = ++this.asked;
    const standing = await this.answer(was);
    if (turn !== this.asked) return;
    this.standing = standing;
    this.timeOut(standing);
    for (const listener of this.listeners) listener();
  }

  async leave(): Promise<void> {
    await this.api.signOut().catch(() => undefined);
    await this.ask('left');
  }

  readonly subscribe = (then: () => void): (() => void) => {
    this.listeners.add(then);
    return () => this.listeners.delete(then);
  };

  readonly snapshot = (): Standing => this.standing;

  private async answer(was: Was): Promise<Standing> {
    try {
      return { me: await this.api.me() };
    } catch (error) {
      return { refusal: reasonOf(error), was };
    }
  }

  private timeOut(standing: Standing): void {
    clearTimeout(this.timer);
    const until = standing && 'me' in standing ? standing.me.signed_out_at : null;
    const left = Date.parse(until ?? '') - this.api.clock.now();
    if (Number.isNaN(left) || left > LONGEST_TIMER) return;
    this.timer = setTimeout(() => void this.ask('expired'), Math.max(0, left) + 1_000);
  }
}
