/** What the caller has typed, until an agent says that it has it: one that dies with a line has not taken it. */
import { newId } from './id';
import { shelf, type Shelf } from './shelf';

export interface Line {
  /** Nobody else's: an agent that is given a line twice takes it once. */
  id: string;
  text: string;
}

/** Over a reload it is kept as the resume token is. */
export class Outbox {
  private kept: Line[];

  constructor(private readonly shelf: Shelf<Line[]>) {
    this.kept = shelf.load() ?? [];
  }

  /** Lines that no agent has confirmed, in order. */
  get lines(): readonly Line[] {
    return this.kept;
  }

  put(text: string): Line {
    const line = { id: newId(), text };
    this.keep([...this.kept, line]);
    return line;
  }

  /** The line is an agent's now, or nobody's any more. */
  drop(id: string): void {
    this.keep(this.kept.filter((line) => line.id !== id));
  }

  clear(): void {
    this.keep([]);
  }

  private keep(lines: Line[]): void {
    this.kept = lines;
    if (lines.length > 0) this.shelf.save(lines);
    else this.shelf.clear();
  }
}

export const typed: Shelf<Line[]> = shelf('switchboard.typed');
