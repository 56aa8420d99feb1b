/** Times as people read them. */

/** "0:07", "12:30", "1:02:03"; with tenths: "0:07.4". */
export function clock(seconds: number, tenths = false): string {
  const shown = Math.max(0, tenths ? Math.floor(seconds * 10 + 1e-6) / 10 : Math.floor(seconds + 1e-6));
  const whole = Math.floor(shown);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  const fraction = tenths ? `.${Math.round((shown - whole) * 10)}` : '';
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}${fraction}` : `${minutes}:${rest}${fraction}`;
}

/** "640 ms", "2.45 s", "1:20": as exact as it matters. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return clock(ms / 1000);
}
