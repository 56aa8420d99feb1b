/** The picture of a line: where its agents stand, none of them left out. */
import { layout, type Edge, type Node } from '../../call/graph';
import type { Agent, LineMap } from '../types';

export interface PlacedAgent extends Agent {
  x: number;
  y: number;
}

export interface Picture {
  agents: PlacedAgent[];
  edges: Edge[];
  rows: number;
}

/** More beside one another would be too narrow for their names. */
const WIDEST = 3;

export function pictureOf(line: LineMap): Picture {
  const start = line.agents[0]?.id ?? '';
  const edges = [...line.handoffs.map(([from, to]) => ({ from, to })), ...unreached(line).map((to) => ({ from: start, to }))];
  const { nodes, edges: ways, rows } = layout({ start, edges }, WIDEST);
  const drawn = ways.filter((way) => isHandoff(line, way));
  return { agents: line.agents.flatMap((agent) => placed(agent, nodes)), edges: drawn, rows };
}

/** Agents to whom no way leads from the first: they stand below it, without a line. */
function unreached({ agents, handoffs }: LineMap): string[] {
  const reached = new Set(agents.slice(0, 1).map(({ id }) => id));
  for (const from of reached) for (const [one, other] of handoffs) if (one === from) reached.add(other);
  return agents.map(({ id }) => id).filter((id) => !reached.has(id));
}

function isHandoff({ handoffs }: LineMap, { from, to }: Edge): boolean {
  return handoffs.some(([a, b]) => (a === from.name && b === to.name) || (a === to.name && b === from.name));
}

function placed(agent: Agent, nodes: Node[]): PlacedAgent[] {
  const node = nodes.find(({ name }) => name === agent.id);
  return node ? [{ ...agent, x: node.x, y: node.y }] : [];
}
