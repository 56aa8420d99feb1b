/** The conversation, newest at the bottom. The announcer reads it out, so this list stays silent. */
import { useEffect, useRef } from 'react';
import type { Entry } from '../call/conversation';
import { stepsOf } from '../call/steps';
import { texts } from '../texts';
import { EntryLine } from './EntryLine';

/** Pixels from the bottom within which new words pull the list along. */
const NEAR = 120;

export function Transcript({ entries }: { entries: Entry[] }) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [entries]);
  return (
    <div
      ref={list}
      className="transcript"
      role="log"
      aria-live="off"
      aria-label={texts.transcript.title}
      // a list that scrolls has to be reachable by keyboard
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {entries.length === 0 && <p className="transcript-empty">{texts.transcript.empty}</p>}
      <ol>
        {stepsOf(entries).map(({ entry, times }, index, steps) => (
          <EntryLine key={entry.id} entry={entry} times={times} before={steps[index - 1]?.entry} />
        ))}
      </ol>
    </div>
  );
}
