/** The times of speech as the recording has them: where one was estimated, its sound tells where it began. */
import type { Lane, Peaks } from '../types';
import type { Speech } from './speech';
import { PACE } from './speech';

export type Waves = Partial<Record<Lane, Peaks>>;

/** From here on a peak, 0 to 100, is sound. */
export const LOUD = 4;
/** A pause of so many seconds is still within a sentence. */
const PAUSE = 0.7;

export function fitted(said: Speech[], waves: Waves): Speech[] {
  const until: Record<string, number> = {};
  return said.map((speech) => {
    const wave = waves[speech.who];
    const free = until[speech.who] ?? 0;
    const fit = wave && !speech.exact ? { ...speech, ...soundOf(speech, wave, free) } : speech;
    until[speech.who] = Math.max(free, fit.to);
    return fit;
  });
}

/** The stretch of sound that ends where the speech does; its own times when there is none. */
function soundOf(speech: Speech, wave: Peaks, free: number): { from: number; to: number } {
  const longest = 3 * (speech.text.length / PACE) + 2;
  const first = Math.ceil(Math.max(free, speech.to - longest) * wave.per_second);
  const pause = PAUSE * wave.per_second;
  let end = -1;
  let begin = -1;
  for (let place = Math.floor(speech.to * wave.per_second); place >= first; place -= 1) {
    if ((wave.peaks[place] ?? 0) >= LOUD) {
      if (end < 0) end = place + 1;
      begin = place;
    } else if (begin >= 0 && begin - place > pause) break;
  }
  if (begin < 0) return { from: speech.from, to: speech.to };
  return { from: begin / wave.per_second, to: Math.min(speech.to, end / wave.per_second) };
}
