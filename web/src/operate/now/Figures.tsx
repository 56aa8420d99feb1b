/** The figures of now and of today, large enough for a wall. */
import type { ReactNode } from 'react';
import { texts } from '../texts';
import type { Tile, Today } from '../types';
import { count, delay, money } from '../words';
import { urgency } from './alarm';

interface Props {
  calls: readonly Tile[];
  today: Today;
}

export function Figures({ calls, today }: Props) {
  const alarmed = calls.filter((tile) => urgency(tile) !== undefined).length;
  const { first_sound_ms: sound, cost } = today;
  const amount = money(cost.amount, cost.currency);
  const t = texts.now.figures;
  return (
    <dl className="figures">
      <Figure name={t.now} more={t.alarmed(alarmed)} tone={alarmed > 0 ? 'warn' : undefined}>
        {count(calls.length)}
      </Figure>
      <Figure name={t.today} more={t.answered(today.answered, today.calls)}>
        {count(today.calls)}
      </Figure>
      <Figure name={t.busy} more={t.turnedAway} tone={today.busy > 0 ? 'warn' : undefined}>
        {count(today.busy)}
      </Figure>
      <Figure name={t.toPerson} more={t.share(today.to_person, today.answered)}>
        {count(today.to_person)}
      </Figure>
      <Figure name={t.firstSound} more={t.p95(delay(sound.p95))}>
        {delay(sound.p50)}
      </Figure>
      <Figure name={t.cost} more={t.unknownCost(cost.unknown)}>
        {amount ?? t.unknown}
      </Figure>
    </dl>
  );
}

interface FigureProps {
  name: string;
  more: string;
  tone?: 'warn' | undefined;
  children: ReactNode;
}

function Figure({ name, more, tone, children }: FigureProps) {
  return (
    <div className="figure" data-tone={tone}>
      <dt>{name}</dt>
      <dd className="figure-value">{children}</dd>
      <dd className="figure-more">{more}</dd>
    </div>
  );
}
