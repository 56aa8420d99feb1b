/** The keyboard: `/` searches, j and k (in the table the arrows as well) go from call to call, r reads the list again. */
import { useEffect, type RefObject } from 'react';

interface Places {
  search: RefObject<HTMLInputElement | null>;
  table: RefObject<HTMLTableElement | null>;
  onRefresh: () => void;
}

export function useKeys({ search, table, onRefresh }: Places): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (act(event)) event.preventDefault();
    };
    const act = ({ key, target }: KeyboardEvent): boolean => {
      const step = stepOf(key, table.current?.contains(target as Node) ?? false);
      if (step !== 0) return move(table.current, step);
      if (key === '/') search.current?.focus();
      else if (key === 'r') onRefresh();
      return key === '/' || key === 'r';
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [search, table, onRefresh]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, select, textarea');
}

function stepOf(key: string, inTable: boolean): number {
  if (key === 'j' || (inTable && key === 'ArrowDown')) return 1;
  return key === 'k' || (inTable && key === 'ArrowUp') ? -1 : 0;
}

/** To the next call, or the one before; from elsewhere to the first. */
function move(table: HTMLTableElement | null, step: number): boolean {
  const links = [...(table?.querySelectorAll<HTMLElement>('tbody a') ?? [])];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at < 0 ? 0 : at + step];
  next?.focus();
  return next !== undefined;
}
