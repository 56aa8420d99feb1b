/** Why there is no list: nothing yet, nothing that fits, or no answer. */
import type { Refusal } from '../api';
import { refusalText, texts } from '../texts';

interface Props {
  refusal: Refusal | undefined;
  filtered: boolean;
  onRetry: () => void;
  onClear: () => void;
}

export function NoCalls({ refusal, filtered, onRetry, onClear }: Props) {
  const { title, text } = refusal ? refusalText(refusal) : texts.calls.none[filtered ? 'fits' : 'yet'];
  return (
    <div className="blank" role={refusal && 'alert'}>
      <h2>{title}</h2>
      <p>{text}</p>
      <div className="blank-actions">
        {refusal && refusal.kind !== 'not allowed' && (
          <button type="button" className="button" onClick={onRetry}>
            {texts.again}
          </button>
        )}
        {filtered && (
          <button type="button" className="button" onClick={onClear}>
            {texts.calls.clear}
          </button>
        )}
      </div>
    </div>
  );
}
