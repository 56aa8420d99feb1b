/** What the rules found, each with its moment. */
import { memo } from 'react';
import type { Finding } from '../types';
import { readable } from './cast';
import { clock } from './durations';
import { texts } from './texts';

interface Props {
  findings: Finding[];
  onGo: (at: number) => void;
}

export const Findings = memo(function Findings({ findings, onGo }: Props) {
  if (findings.length === 0) return null;
  return (
    <section className="findings" aria-label={texts.findings.heading}>
      <ul>
        {findings.toSorted((one, other) => one.at - other.at).map(({ rule, at, sentence }, index) => (
          <li key={`${rule}-${index}`}>
            <button type="button" className="finding" title={sentence} onClick={() => onGo(at)}>
              <span className="finding-at">{clock(at)}</span>
              <strong>{readable(rule)}</strong>
              <span className="finding-sentence">{sentence}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
});
