/** What the call ran with: a hash of each prompt, tool and the workflow. */
import { memo } from 'react';
import type { Chronicle } from './chronicle';
import { recordIn } from './field';
import { texts } from './texts';

export const Versions = memo(function Versions({ chronicle }: { chronicle: Chronicle }) {
  const answered = chronicle.events.filter(({ kind }) => kind === 'answered');
  const versions = answered.flatMap((event) => Object.entries(recordIn(event, 'versions')));
  return (
    <section className="panel versions">
      <h2>{texts.versions.heading}</h2>
      {versions.length === 0 && <p className="small">{texts.versions.none}</p>}
      <dl>
        {versions.map(([what, hash]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd title={String(hash)}>{String(hash).slice(0, 12)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
});
