/** Where the page is, for a component. */
import { useSyncExternalStore } from 'react';
import { onMoved } from './navigation';

export function usePathname(): string {
  return useSyncExternalStore(onMoved, () => location.pathname);
}

/** What stands after the path: `?…`, or nothing. */
export function useSearch(): string {
  return useSyncExternalStore(onMoved, () => location.search);
}
