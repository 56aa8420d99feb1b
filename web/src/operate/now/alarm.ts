/** What is wrong with a call that runs, and how loud that is told. */
import { texts } from '../texts';
import type { Tile } from '../types';

export interface Alarm {
  sentence: string;
  /** Seconds since the call began, where it is a moment. */
  at: number | undefined;
  /** How many there are besides. */
  more: number;
}

/** Red for what has failed, amber for what should be looked at. */
export function urgency({ alarms, doing }: Tile): 'alarm' | 'warn' | undefined {
  if (doing === 'lost' || alarms.some(({ rule }) => rule === 'error')) return 'alarm';
  return alarms.length > 0 ? 'warn' : undefined;
}

/** The one to show: that the call is lost, an error, or the newest. */
export function alarmOf({ alarms, doing }: Tile): Alarm | undefined {
  if (doing === 'lost') return { sentence: texts.now.workerGone, at: undefined, more: alarms.length };
  const shown = alarms.findLast(({ rule }) => rule === 'error') ?? alarms.at(-1);
  return shown && { sentence: shown.sentence, at: shown.at, more: alarms.length - 1 };
}
