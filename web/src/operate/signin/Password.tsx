import { useId, useRef, useState, type SyntheticEvent } from 'react';
import type { Api, Refusal } from '../api';
import { reasonOf } from '../reason';
import { refusalText, texts } from '../texts';

/** How the server refuses a password that is not the right one. */
const WRONG = 'forbidden';

interface Props {
  api: Api;
  onSignedIn: () => Promise<void>;
}

export function Password({ api, onSignedIn }: Props) {
  const [refusal, setRefusal] = useState<Refusal>();
  const [trying, setTrying] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    setTrying(true);
    try {
      await api.signIn(field.current?.value ?? '');
      await onSignedIn();
    } catch (error) {
      setRefusal(reasonOf(error));
      field.current?.select();
    }
    setTrying(false);
  };
  return (
    <form className="password" onSubmit={(event) => void send(event)}>
      <label htmlFor={id}>{texts.signIn.password}</label>
      <input
        ref={field}
        id={id}
        type="password"
        autoComplete="current-password"
        required
        aria-invalid={refusal?.kind === WRONG}
        aria-describedby={`${id}-refused`}
      />
      <p id={`${id}-refused`} className="password-refused" role="alert">
        {refusal && saidOf(refusal)}
      </p>
      <button type="submit" className="button button-main" disabled={trying}>
        {texts.signIn.send}
      </button>
    </form>
  );
}

function saidOf(refusal: Refusal): string {
  return refusal.kind === WRONG ? texts.signIn.wrong : refusalText(refusal).text;
}
