/** What the list can be filtered by. Without an answer the page works with the names that the calls have. */
import { useEffect, useState } from 'react';
import type { Api } from '../api';
import type { Choices } from '../types';

const NONE: Choices = { lines: [], rules: [] };

export function useChoices(api: Api): Choices {
  const [choices, setChoices] = useState(NONE);
  useEffect(() => {
    const stop = new AbortController();
    api.choices(stop.signal).then(setChoices, () => undefined);
    return () => stop.abort();
  }, [api]);
  return choices;
}
