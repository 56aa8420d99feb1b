/** Where the agents of a line stand in its picture. */

/** What a picture needs of a line. */
export interface Ways {
  start: string;
  edges: readonly { from: string; to: string }[];
}

/** In percent of the picture. */
export interface Node {
  name: string;
  x: number;
  y: number;
}

export interface Edge {
  from: Node;
  to: Node;
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
  rows: number;
}

/**
 * Agents in rows by how many handoffs they are away from the start; one line between two, whichever way it goes.
 * More than `widest` of them stand in two rows or more.
 */
export function layout(line: Ways, widest = Infinity): Graph {
  const rows = rowsOf(line).flatMap((row) => split(row, widest));
  const nodes = rows.flatMap((row, y) =>
    row.map((name, x) => ({ name, x: (100 * (x + 0.5)) / row.length, y: (100 * (y + 0.5)) / rows.length })),
  );
  const edges: Edge[] = [];
  for (const { from, to } of line.edges) {
    const [a, b] = [nodes.find((node) => node.name === from), nodes.find((node) => node.name === to)];
    if (a && b && a !== b && !edges.some((edge) => joins(edge, from, to))) edges.push({ from: a, to: b });
  }
  return { nodes, edges, rows: rows.length };
}

/** Whether an edge lies between two agents, in either direction. */
export function joins(edge: Edge, one: string, other: string): boolean {
  const { from, to } = edge;
  return (from.name === one && to.name === other) || (from.name === other && to.name === one);
}

function rowsOf(line: Ways): string[][] {
  const placed = new Set([line.start]);
  const rows = [[line.start]];
  for (;;) {
    const last = rows.at(-1) ?? [];
    const next = line.edges.filter(({ from, to }) => last.includes(from) && !placed.has(to)).map(({ to }) => to);
    if (next.length === 0) return rows;
    rows.push([...new Set(next)]);
    for (const name of next) placed.add(name);
  }
}

/** Rows of about the same length. */
function split(row: string[], widest: number): string[][] {
  const parts = Math.ceil(row.length / widest) || 1;
  const length = Math.ceil(row.length / parts);
  return Array.from({ length: parts }, (_part, index) => row.slice(index * length, (index + 1) * length));
}
