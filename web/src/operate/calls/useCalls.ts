/** The page of calls that an address asks for. What was shown before stays until the new one is there. */
import { useEffect, useState } from 'react';
import type { Api, Refusal } from '../api';
import { reasonOf } from '../reason';
import type { CallsPage } from '../types';
import { afterOf, filterOf } from './filter';

interface Found {
  /** What was asked for. */
  key: string;
  page: CallsPage | undefined;
  refusal: Refusal | undefined;
}

export interface Listing {
  page: CallsPage | undefined;
  refusal: Refusal | undefined;
  loading: boolean;
}

/** Another `turn` asks for the same once more. */
export function useCalls(api: Api, search: string, turn: number): Listing {
  const [found, setFound] = useState<Found>();
  const key = `${turn} ${search}`;
  useEffect(() => {
    const stop = new AbortController();
    const query = { ...filterOf(search), after: afterOf(search) };
    api.calls(query, stop.signal).then(
      (page) => setFound({ key, page, refusal: undefined }),
      (error: unknown) => {
        if (!stop.signal.aborted) setFound({ key, page: undefined, refusal: reasonOf(error) });
      },
    );
    return () => stop.abort();
  }, [api, search, key]);
  return { page: found?.page, refusal: found?.refusal, loading: found?.key !== key };
}
