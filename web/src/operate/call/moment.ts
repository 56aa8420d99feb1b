/** A moment of a call in an address: `#t=12.3`. */

export function momentIn(hash: string): number | null {
  const found = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
  return found ? Number(found[1]) : null;
}

/** The hash of that moment, to a hundredth of a second. */
export function hashOf(seconds: number): string {
  return `#t=${String(Math.round(Math.max(0, seconds) * 100) / 100)}`;
}
