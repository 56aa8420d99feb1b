/** What the page knows of a line: who is on it, and who may hand the caller to whom. */

/** What is optional, an older server does not tell. All that is to be shown is text. */
export interface Line {
  name: string;
  start: string;
  front?: Front;
  agents: Agent[];
  edges: { from: string; to: string; announced: boolean }[];
  tools?: Tool[];
}

/** What callers see before they call. */
export interface Front {
  brand: string;
  tagline: string;
  title: string;
  lead: string;
  topics: string[];
}

/** An agent, or a person whom one can bring in: theirs is the voice `person`. */
export interface Agent {
  name: string;
  voice: string;
  label?: string;
  role?: string;
  /** One of the palette's. */
  colour?: string;
}

export interface Tool {
  name: string;
  running: string;
  done: string;
  failed: string;
}

/** A line by name, or the first one. Undefined when it cannot be had: the call works without its picture. */
export async function fetchLine(base: string, name: string | undefined): Promise<Line | undefined> {
  try {
    if (name !== undefined) return await read<Line>(base, `lines/${encodeURIComponent(name)}`);
    const first = firstOf(await read<unknown>(base, 'lines'));
    return typeof first === 'string' ? await read<Line>(base, `lines/${encodeURIComponent(first)}`) : first;
  } catch {
    return undefined;
  }
}

async function read<T>(base: string, path: string): Promise<T> {
  const answer = await fetch(new URL(path, base));
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** The first entry of a list, or of `{"lines": [...]}`; a name or a whole line. */
function firstOf(answer: unknown): string | Line | undefined {
  const lines = Array.isArray(answer) ? answer : (answer as { lines?: unknown }).lines;
  return Array.isArray(lines) ? (lines[0] as string | Line | undefined) : undefined;
}
