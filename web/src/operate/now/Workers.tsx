/** Who does the work: each worker, how many calls it has and how many it can have. */
import type { Clock } from '../clock';
import { texts } from '../texts';
import type { Worker } from '../types';
import { useSecond } from '../useSecond';
import { lengthOf } from '../words';

/** A worker that is not heard of for so long is gone, and its calls with it. */
const GONE = 20;

interface Props {
  workers: readonly Worker[];
  clock: Clock;
}

export function Workers({ workers, clock }: Props) {
  const now = useSecond(clock);
  return (
    <section className="panel">
      <h2>{texts.now.workers}</h2>
      {workers.length === 0 && <p className="workers-none">{texts.now.noWorkers}</p>}
      <ul className="workers">
        {workers.map((worker) => (
          <WorkerRow key={worker.id} worker={worker} silent={now - Date.parse(worker.seen_at) / 1_000} />
        ))}
      </ul>
    </section>
  );
}

function WorkerRow({ worker: { id, calls, most }, silent }: { worker: Worker; silent: number }) {
  const state = silent > GONE ? 'gone' : calls >= most ? 'full' : 'open';
  return (
    <li className="worker" data-state={state}>
      <span className="worker-name" title={id}>
        {id}
      </span>
      <span className="worker-calls">
        {state === 'gone' ? texts.now.gone(lengthOf(silent)) : texts.now.full(calls, most)}
      </span>
      <span className="gauge" aria-hidden="true">
        <span style={{ width: `${most > 0 ? Math.min(100, (100 * calls) / most) : 0}%` }} />
      </span>
    </li>
  );
}
