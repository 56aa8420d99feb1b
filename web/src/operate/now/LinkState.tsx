/** Whether what is shown is live; after a cut, since when it is not. */
import { texts } from '../texts';
import { timeOfDay } from '../words';
import type { FeedState } from './feed';

export function LinkState({ link, since, board }: FeedState) {
  return (
    <p className="link-state" role="status" data-link={link}>
      {link === 'cut' && board && since !== undefined ? texts.now.cut(timeOfDay(since)) : texts.now.links[link]}
    </p>
  );
}
