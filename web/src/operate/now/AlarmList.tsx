/** The calls with alarms, the worst first, where they are seen however many calls there are. Always of the same height. */
import { Alert } from '../../components/icons';
import { Link } from '../Link';
import { texts } from '../texts';
import type { LineMap, Tile } from '../types';
import { nameOf } from '../colours';
import { alarmOf, urgency } from './alarm';

const SHOWN = 3;

interface Props {
  calls: readonly Tile[];
  lines: readonly LineMap[];
}

export function AlarmList({ calls, lines }: Props) {
  const alarmed = [...calls.filter((tile) => urgency(tile) === 'alarm'), ...calls.filter((tile) => urgency(tile) === 'warn')];
  const more = alarmed.length - SHOWN;
  return (
    <section className="panel alarms" data-none={alarmed.length === 0}>
      <h2>
        {texts.now.alarms} {more > 0 && <span>{texts.now.moreAlarmed(more)}</span>}
      </h2>
      {alarmed.length === 0 && <p className="small">{texts.now.noAlarms}</p>}
      <ul>
        {alarmed.slice(0, SHOWN).map((tile) => (
          <li key={tile.id} data-urgency={urgency(tile)}>
            <Alert />
            <Link to={`calls/${encodeURIComponent(tile.id)}`}>
              <b>{nameOf(tile.agent, lines.find(({ name }) => name === tile.line)) ?? texts.now.nobody}</b> {alarmOf(tile)?.sentence}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
