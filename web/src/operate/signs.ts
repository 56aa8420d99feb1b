/** Signs of life of a feed. A connection can be dead for many minutes before a browser says so. */

/** The server says something every 5 seconds at least; three are missed. */
export const SILENT_MS = 16_000;

export class Signs {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `missed` is told once nothing was seen for so long. */
  constructor(private readonly missed: () => void) {}

  /** There was one: the time begins anew. */
  seen(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.missed, SILENT_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
