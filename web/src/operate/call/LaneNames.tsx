/** Whose lane is whose, at the left edge of what scrolls. */
import { memo } from 'react';
import type { Chronicle } from './chronicle';
import { HEIGHTS, topsOf, USAGE } from './heights';
import type { LaneOf } from './lanes';
import { costText, count } from './money';
import { texts } from './texts';

export const LaneNames = memo(function LaneNames({ lanes, chronicle }: { lanes: LaneOf[]; chronicle: Chronicle }) {
  const { tops, bottom } = topsOf(lanes);
  const last = chronicle.accrued.at(-1);
  const costs = hasCosts(chronicle);
  return (
    <div className="lane-names" aria-hidden="true">
      {lanes.map(({ id, kind, name, who, colour }) => (
        <p key={id} className="lane-name" data-who={who ?? undefined} data-colour={colour ?? undefined} title={name} style={{ top: tops.get(id), height: HEIGHTS[kind] }}>
          {name}
        </p>
      ))}
      {last && (
        <p className="lane-name" style={{ top: bottom, height: USAGE }}>
          {costs ? texts.lanes.cost : texts.lanes.tokens} <b>{costs ? costText(last.cost) : count(last.tokens)}</b>
        </p>
      )}
    </div>
  );
});

/** Whether it is known what the work has cost, or a part of it. */
export function hasCosts({ accrued }: Chronicle): boolean {
  return accrued.some(({ cost }) => cost.currency !== null);
}
