/** Handoffs, drawn from the lane of the one to the lane of the other. */
import type { Chronicle } from './chronicle';
import { clock } from './durations';
import { HEIGHTS } from './heights';
import type { Stretch } from './silences';
import { texts } from './texts';

interface Props {
  chronicle: Chronicle;
  tops: Map<string, number>;
  seen: Stretch;
  scale: number;
}

export function HandoffLines({ chronicle, tops, seen, scale }: Props) {
  const { nameOf, colourOf } = chronicle.cast;
  return chronicle.handoffs
    .filter(({ from, spokeAt, arrivedAt }) => from <= seen.to && (spokeAt ?? arrivedAt) >= seen.from)
    .map(({ seq, source, target, from, done }) => {
      const [one, other] = [tops.get(`agent-${source}`), tops.get(`agent-${target}`)];
      if (one === undefined || other === undefined) return null;
      const middle = HEIGHTS.voice / 2;
      const title = (done ? texts.lanes.handoff : texts.lanes.asked)(nameOf(source), nameOf(target));
      return (
        <i
          key={seq}
          className="handoff-line"
          data-colour={colourOf(target)}
          data-up={other < one || undefined}
          data-dropped={!done || undefined}
          title={`${clock(from, true)} ${title}`}
          style={{ left: from * scale, top: Math.min(one, other) + middle, height: Math.abs(other - one) }}
        />
      );
    });
}
