/** A handoff in words. */
import type { Cast } from './cast';
import { span } from './durations';
import type { Handoff } from './handoffs';
import { texts } from './texts';

export function HandoffText({ handoff, cast }: { handoff: Handoff; cast: Cast }) {
  const { source, target, done, arrivedMs, spokeMs } = handoff;
  const spoke = spokeMs === null ? texts.lanes.callerFirst : texts.transcript.spoke(span(spokeMs));
  const arrived = arrivedMs === null ? '' : texts.transcript.arrived(span(arrivedMs));
  return (
    <>
      <p className="row-title">
        {cast.nameOf(source)} <span aria-label={texts.transcript.to}>→</span> <strong>{cast.nameOf(target)}</strong>
      </p>
      <p className="row-detail">{done ? [arrived, spoke].filter((part) => part !== '').join(', ') : texts.transcript.dropped}</p>
    </>
  );
}
