/** A list whose unchanged members stay the same objects from one render to the next. */
import { useState } from 'react';
import { kept } from './kept';

export function useKept<T extends { id: string }>(list: T[]): T[] {
  const [[from, shown], setShown] = useState<[T[], T[]]>([list, list]);
  if (from === list) return shown;
  const next = kept(shown, list);
  setShown([list, next]);
  return next;
}
