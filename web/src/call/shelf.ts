/** What this tab keeps over a reload. */

export interface Shelf<Thing> {
  load(): Thing | undefined;
  save(thing: Thing): void;
  clear(): void;
}

/** The shelf of that name. In a browser that keeps nothing a reload starts anew. */
export function shelf<Thing>(name: string): Shelf<Thing> {
  return {
    load() {
      try {
        const text = sessionStorage.getItem(name);
        return text === null ? undefined : (JSON.parse(text) as Thing);
      } catch {
        return undefined; // storage is blocked, or not ours
      }
    },
    save(thing) {
      try {
        sessionStorage.setItem(name, JSON.stringify(thing));
      } catch {
        // storage is blocked
      }
    },
    clear() {
      try {
        sessionStorage.removeItem(name);
      } catch {
        // storage is blocked: there is nothing to clear
      }
    },
  };
}
