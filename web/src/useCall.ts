/** The state of a call, for a component. */
import { useSyncExternalStore } from 'react';
import type { Call } from './call/call';
import type { CallState } from './call/state';

export function useCall(call: Call): CallState {
  return useSyncExternalStore(call.subscribe, call.snapshot);
}
