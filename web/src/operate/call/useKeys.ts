/** The keyboard of a call's page. */
import { useEffect } from 'react';

export type Command = 'play' | 'next' | 'back' | 'nearer' | 'farther' | 'whole';

const KEYS: Record<string, Command> = {
  ' ': 'play',
  j: 'next',
  ArrowRight: 'next',
  k: 'back',
  ArrowLeft: 'back',
  '+': 'nearer',
  '=': 'nearer',
  '-': 'farther',
  f: 'whole',
};

export function useKeys(run: (command: Command) => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const command = commandOf(event);
      if (!command) return;
      event.preventDefault();
      run(command);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [run]);
}

/** Nothing where the key is somebody else's: in a field, a dialog, or on a button. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
  const at = event.target instanceof Element ? event.target : null;
  if (at?.closest('input, textarea, select, dialog, [contenteditable]')) return undefined;
  if (event.key === ' ' && at?.closest('button, a, summary')) return undefined;
  return KEYS[event.key];
}
