/** The line's agents and the ways between them; the one who has the caller is lit, and so are the ways taken. */
import type { CSSProperties } from 'react';
import { joins, layout, type Edge } from '../call/graph';
import type { Line } from '../call/line';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { useNames } from '../useNames';

interface Props {
  line: Line;
  state: CallState;
}

/** More beside one another would be too narrow for their names, on a phone. */
const WIDEST = 2;

export function LineGraph({ line, state }: Props) {
  const names = useNames();
  const { nodes, edges, rows } = layout(line, WIDEST);
  return (
    <section className="line" aria-labelledby="line-title">
      <h2 id="line-title">{texts.line.title}</h2>
      <div className="line-picture" style={{ '--rows': rows } as CSSProperties}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {edges.map((edge) => (
            <Way key={`${edge.from.name}-${edge.to.name}`} edge={edge} visited={state.visited} />
          ))}
        </svg>
        <ul>
          {nodes.map(({ name, x, y }) => (
            <li
              key={name}
              style={{ left: `${x}%`, top: `${y}%`, maxWidth: `${2 * Math.min(x, 100 - x)}%` }}
              data-agent={name}
              data-colour={names.face(name).colour}
              data-visited={state.visited.includes(name)}
              aria-current={name === state.agent ? 'true' : undefined}
            >
              {names.face(name).label}
              <span className="hidden">{standing(name, state)}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

function Way({ edge, visited }: { edge: Edge; visited: string[] }) {
  const steps = visited.slice(1).map((to, index) => [visited[index] ?? '', to] as const);
  const taken = steps.some(([one, other]) => joins(edge, one, other));
  const last = steps.at(-1);
  const current = last !== undefined && joins(edge, ...last);
  const backwards = current && last[0] === edge.to.name;
  const [a, b] = backwards ? [edge.to, edge.from] : [edge.from, edge.to];
  return (
    <line
      key={visited.length}
      x1={a.x}
      y1={a.y}
      x2={b.x}
      y2={b.y}
      pathLength={1}
      data-edge={`${edge.from.name}-${edge.to.name}`}
      data-taken={taken}
      data-current={current}
    />
  );
}

function standing(name: string, state: CallState): string {
  if (name === state.agent) return `, ${texts.line.here}`;
  return state.visited.includes(name) ? `, ${texts.line.before}` : '';
}
