/** How good the caller's connection is, as bars and as words. */
import { useConnectionQualityIndicator, useLocalParticipant } from '@livekit/components-react';
import { texts } from '../texts';

export function Quality() {
  const { localParticipant } = useLocalParticipant();
  const { quality } = useConnectionQualityIndicator({ participant: localParticipant });
  return (
    <span className="quality" data-quality={quality} title={texts.quality[quality]} role="img" aria-label={texts.quality[quality]}>
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span aria-hidden="true" />
    </span>
  );
}
