/** How today's calls have ended, the most frequent first. */
import { outcomeText, texts } from '../texts';
import { count } from '../words';

export function Endings({ ended }: { ended: Record<string, number> }) {
  const endings = Object.entries(ended)
    .filter(([, calls]) => calls > 0)
    .sort(([one, calls], [other, more]) => more - calls || one.localeCompare(other));
  const most = Math.max(1, ...endings.map(([, calls]) => calls));
  return (
    <section className="panel">
      <h2>{texts.now.endings}</h2>
      {endings.length === 0 && <p className="small">{texts.now.noEndings}</p>}
      <ul className="endings">
        {endings.map(([outcome, calls]) => (
          <li key={outcome} data-outcome={outcome}>
            <span>{outcomeText(outcome)}</span>
            <b>{count(calls)}</b>
            <span className="gauge" aria-hidden="true">
              <span style={{ width: `${(100 * calls) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
