/** The line of a call, for its agents' names and colours; a call can be shown without. */
import { useEffect, useState } from 'react';
import type { Api } from '../api';
import type { LineMap } from '../types';

export function useLineMap(api: Api, name: string | undefined): LineMap | undefined {
  const [lines, setLines] = useState<LineMap[]>([]);
  useEffect(() => {
    const aborter = new AbortController();
    api.choices(aborter.signal).then(
      (choices) => setLines(choices.lines),
      () => undefined,
    );
    return () => aborter.abort();
  }, [api]);
  return lines.find((line) => line.name === name);
}
