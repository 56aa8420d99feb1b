import type { ReactNode } from 'react';
import type { Problem } from '../call/problem';
import { texts } from '../texts';
import { Notice } from './Notice';

interface Props {
  problem: Problem;
  children?: ReactNode;
}

export function ProblemNotice({ problem, children }: Props) {
  const { title, text } = texts.problems[problem.kind];
  const wait = problem.retryAfter === undefined ? '' : ` ${texts.seconds(problem.retryAfter)}`;
  return (
    <Notice title={title} text={`${text}${wait}`}>
      {children}
    </Notice>
  );
}
