import type { RefObject } from 'react';
import { texts } from '../texts';
import type { CallLine, Choices } from '../types';
import { CallRow } from './CallRow';

interface Props {
  calls: CallLine[];
  choices: Choices;
  now: number;
  ref: RefObject<HTMLTableElement | null>;
}

export function CallsTable({ calls, choices, now, ref }: Props) {
  const t = texts.calls.columns;
  return (
    <div className="calls-table">
      <table ref={ref}>
        <caption className="hidden">{texts.calls.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t.started}</th>
            <th scope="col">{t.agent}</th>
            <th scope="col">{t.line}</th>
            <th scope="col">{t.caller}</th>
            <th scope="col" className="number">
              {t.length}
            </th>
            <th scope="col">{t.outcome}</th>
            <th scope="col">{t.rules}</th>
            <th scope="col" className="number">
              {t.firstSound}
            </th>
            <th scope="col" className="number">
              {t.cost}
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={call.id} call={call} choices={choices} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
