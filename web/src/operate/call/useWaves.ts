/** The recording's waveforms; one that does not come is not drawn. */
import { useEffect, useState } from 'react';
import type { Api } from '../api';
import type { Lane } from '../types';
import type { Waves } from './fit';

export function useWaves(api: Api, id: string, lanes: readonly Lane[]): Waves {
  const [waves, setWaves] = useState<Waves>({});
  const wanted = lanes.join();
  useEffect(() => {
    const aborter = new AbortController();
    for (const lane of wanted.split(',').filter((each) => each !== '') as Lane[]) {
      api.peaks(id, lane, aborter.signal).then(
        (peaks) => setWaves((known) => ({ ...known, [lane]: peaks })),
        () => undefined,
      );
    }
    return () => {
      aborter.abort();
      setWaves({});
    };
  }, [api, id, wanted]);
  return waves;
}
