/** New alarms, read out: who looks elsewhere hears of them. */
import { nameOf } from '../colours';
import { texts } from '../texts';
import type { LineMap, Tile } from '../types';
import { alarmOf } from './alarm';

interface Props {
  calls: readonly Tile[];
  lines: readonly LineMap[];
}

export function AlarmNews({ calls, lines }: Props) {
  return (
    <ul className="hidden" role="log" aria-label={texts.now.alarms}>
      {calls.map((tile) => {
        const alarm = alarmOf(tile);
        if (!alarm) return null;
        const name = nameOf(tile.agent, lines.find((line) => line.name === tile.line)) ?? texts.now.nobody;
        return <li key={`${tile.id} ${alarm.sentence}`}>{`${name}: ${alarm.sentence}`}</li>;
      })}
    </ul>
  );
}
