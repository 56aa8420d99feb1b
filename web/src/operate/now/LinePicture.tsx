/** A line's agents, the ways between them, and how many callers each has now. The last handoff lights its way up. */
import type { CSSProperties } from 'react';
import { joins, type Edge } from '../../call/graph';
import { colourOf } from '../colours';
import { texts } from '../texts';
import type { LineMap } from '../types';
import { words } from '../words';
import type { Move } from './board';
import { pictureOf } from './picture';

interface Props {
  line: LineMap;
  callers: Map<string, number>;
  move: Move | undefined;
}

export function LinePicture({ line, callers, move }: Props) {
  const { agents, edges, rows } = pictureOf(line);
  return (
    <section className="panel" aria-label={texts.now.line(words(line.name))}>
      <h2>{words(line.name)}</h2>
      <div className="picture" style={{ '--rows': rows } as CSSProperties}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {edges.map((edge) => (
            <Way key={`${edge.from.name} ${edge.to.name}`} edge={edge} move={move} />
          ))}
        </svg>
        <ul>
          {agents.map(({ id, label, x, y }) => {
            const calls = callers.get(id) ?? 0;
            return (
              <li
                key={id}
                style={{ left: `${x}%`, top: `${y}%` }}
                data-agent={id}
                data-colour={colourOf(id, line)}
                data-calls={calls}
              >
                <span>{label}</span> <b>{calls}</b>
                <span className="hidden"> {texts.now.callsWord(calls)}</span>
              </li>
            );
          })}
        </ul>
      </div>
    </section>
  );
}

function Way({ edge, move }: { edge: Edge; move: Move | undefined }) {
  const taken = move !== undefined && joins(edge, move.from, move.to);
  // another key starts the movement again
  return (
    <line
      key={taken ? move.key : ''}
      x1={edge.from.x}
      y1={edge.from.y}
      x2={edge.to.x}
      y2={edge.to.y}
      data-taken={taken}
    />
  );
}
