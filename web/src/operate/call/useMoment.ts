/** The moment in the address: where the player is put when the page opens, and where it stands for whoever copies it. */
import { useEffect } from 'react';
import { onMoved, replaceWith } from '../navigation';
import { hashOf, momentIn } from './moment';
import type { Player } from './player';

/** Keys that are held down do not write the address each time. */
const SETTLED_MS = 250;

export function useMoment(player: Player): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      const moment = momentIn(location.hash);
      if (moment !== null && Math.abs(moment - player.time) > 0.01) player.seek(moment);
    };
    open();
    const write = () => {
      clearTimeout(timer);
      if (player.placed && !player.playing) timer = setTimeout(() => writeMoment(player.time), SETTLED_MS);
    };
    const stops = [onMoved(open), listening('hashchange', open), player.subscribe(write)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [player]);
}

export function addressOfMoment(seconds: number): string {
  return `${location.pathname}${location.search}${hashOf(seconds)}`;
}

function writeMoment(seconds: number): void {
  if (hashOf(seconds) !== location.hash) replaceWith(addressOfMoment(seconds));
}

function listening(name: string, listener: () => void): () => void {
  addEventListener(name, listener);
  return () => removeEventListener(name, listener);
}
