/** The names on the line that this page calls. */
import { createContext, useContext } from 'react';
import { namesOn, type Names } from './names';

export const NamesContext = createContext<Names>(namesOn(undefined));

export function useNames(): Names {
  return useContext(NamesContext);
}
