/** The player of a call, for components. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Api } from '../api';
import type { Lane } from '../types';
import { Player } from './player';

export function usePlayer(api: Api, id: string, lanes: readonly Lane[]): Player {
  const wanted = lanes.join();
  const player = useMemo(() => {
    const named = wanted.split(',').filter((lane) => lane !== '') as Lane[];
    return new Player(named.map((lane) => ({ lane, sound: soundAt(api.recordingAt(id, lane)) })));
  }, [api, id, wanted]);
  useEffect(() => () => player.pause(), [player]);
  return player;
}

/** What `of` says of the player now; the component is drawn anew only when that changes. */
export function usePlaying<T extends string | number | boolean>(player: Player, of: (player: Player) => T): T {
  return useSyncExternalStore(player.subscribe, () => of(player));
}

function soundAt(address: string): HTMLAudioElement {
  const sound = new Audio();
  sound.preload = 'none'; // who only looks at a call has not heard it
  sound.preservesPitch = true;
  sound.src = address;
  return sound;
}
