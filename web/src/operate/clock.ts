/** The server's time. A display's own clock may be off by minutes; calls would then last too long, or less than nothing. */

/** An answer's date has whole seconds and was some time on its way: less than that is no difference. */
const NOTICED = 2_000;

export class Clock {
  private ahead = 0;

  constructor(private readonly own: () => number = () => Date.now()) {}

  /** `date` as an answer's header tells it. */
  set(date: string | null): void {
    const told = Date.parse(date ?? '');
    if (Number.isNaN(told)) return;
    const ahead = told + 500 - this.own();
    this.ahead = Math.abs(ahead) > NOTICED ? ahead : 0;
  }

  now(): number {
    return this.own() + this.ahead;
  }
}
