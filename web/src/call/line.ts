/** What the page knows of a line: who is on it, and who may hand the caller to whom. */

export interface Line {
  name: string;
  start: string;
  agents: { name: string; voice: string }[];
  edges: { from: string; to: string; announced: boolean }[];
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
