/** The pages cannot be shown, and signing in does not help. When the server is away, they come by themselves once it is back. */
import { useEffect, useRef } from 'react';
import { Heading } from '../../components/Heading';
import type { Refusal } from '../api';
import { refusalText, texts } from '../texts';
import { Doorway } from './Doorway';

const AGAIN = 5_000;

interface Props {
  refusal: Refusal;
  onRetry: () => Promise<void>;
}

export function Closed({ refusal, onRetry }: Props) {
  const away = refusal.kind === 'unreachable';
  const retry = useRef(onRetry);
  useEffect(() => {
    retry.current = onRetry;
  }, [onRetry]);
  // each refusal is a new one
  useEffect(() => {
    if (!away) return undefined;
    const timer = setTimeout(() => void retry.current(), AGAIN);
    return () => clearTimeout(timer);
  }, [away, refusal]);
  const { title, text } = refusalText(refusal);
  return (
    <Doorway>
      <Heading focus>{title}</Heading>
      <p>{text}</p>
      {away && <p className="small">{texts.gate.waiting}</p>}
      <button type="button" className="button" onClick={() => void onRetry()}>
        {texts.again}
      </button>
    </Doorway>
  );
}
