/** The words of a speech, each with its time: its share of the characters is its share of the sound. */
import type { Peaks } from '../types';
import { LOUD } from './fit';
import type { Speech } from './speech';

export interface Word {
  text: string;
  at: number;
}

/** `wave` is the recording's, where there is one: pauses are then no part of any word. */
export function wordsOf(speech: Pick<Speech, 'text' | 'from' | 'to'>, wave?: Peaks): Word[] {
  const texts = speech.text.split(/\s+/).filter((text) => text !== '');
  const length = texts.reduce((sum, text) => sum + text.length + 1, 0);
  const place = placesOf(speech, wave);
  let before = 0;
  return texts.map((text) => {
    const at = place(before / length);
    before += text.length + 1;
    return { text, at };
  });
}

/** Which of the words is said at that time; -1 before the first. */
export function wordAt(words: Word[], at: number): number {
  return words.findLastIndex((word) => word.at <= at + 0.001);
}

/** From a share of the speech, 0 to 1, to its time. */
function placesOf({ from, to }: Pick<Speech, 'from' | 'to'>, wave?: Peaks): (share: number) => number {
  const loud = wave ? loudIn(wave, from, to) : [];
  if (!wave || loud.length < 2) return (share) => from + share * (to - from);
  return (share) => {
    const place = loud[Math.min(loud.length - 1, Math.floor(share * loud.length))] ?? 0;
    return Math.max(from, place / wave.per_second);
  };
}

function loudIn(wave: Peaks, from: number, to: number): number[] {
  const places: number[] = [];
  for (let place = Math.floor(from * wave.per_second); place < to * wave.per_second; place += 1) {
    if ((wave.peaks[place] ?? 0) >= LOUD) places.push(place);
  }
  return places;
}
