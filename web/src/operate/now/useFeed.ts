/** The live feed, for as long as the page is open. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Api } from '../api';
import { Feed, type FeedState } from './feed';

export function useFeed(api: Api): FeedState {
  const [feed] = useState(
    () => new Feed(api.liveAt(), { now: () => api.clock.now(), onRefused: () => void api.check() }),
  );
  useEffect(() => feed.start(), [feed]);
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}
