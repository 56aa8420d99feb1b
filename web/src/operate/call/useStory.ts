/** A call's story, for a component. */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Api } from '../api';
import { StoryFeed, type Told } from './storyFeed';

export function useStory(api: Api, id: string): Told & { read: () => void } {
  const feed = useMemo(
    () =>
      new StoryFeed({
        read: (signal) => api.call(id, signal),
        open: (newest) => new EventSource(api.callLiveAt(id, newest)),
      }),
    [api, id],
  );
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const told = useSyncExternalStore(feed.subscribe, () => feed.told);
  return { ...told, read: feed.read };
}
