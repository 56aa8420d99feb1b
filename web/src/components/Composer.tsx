/** Typing instead of speaking. */
import { useId, useState, type SyntheticEvent } from 'react';
import type { Call } from '../call/call';
import { texts } from '../texts';
import { Send } from './icons';

interface Props {
  call: Call;
  ready: boolean;
}

export function Composer({ call, ready }: Props) {
  const [text, setText] = useState('');
  const [failed, setFailed] = useState(false);
  const id = useId();
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (!ready || words === '') return;
    setText('');
    const sent = await call.say(words).then(
      () => true,
      () => false,
    );
    setFailed(!sent);
    if (!sent) setText(words);
  };
  return (
    <form className="composer" onSubmit={(event) => void send(event)}>
      <label className="hidden" htmlFor={id}>
        {texts.transcript.label}
      </label>
      <input
        id={id}
        className="lk-form-control"
        value={text}
        maxLength={1000}
        autoComplete="off"
        enterKeyHint="send"
        placeholder={texts.transcript.placeholder}
        onChange={(change) => setText(change.target.value)}
      />
      <button type="submit" className="composer-send" disabled={!ready || text.trim() === ''} aria-label={texts.transcript.send}>
        <Send />
      </button>
      {failed && <p role="alert">{texts.transcript.notSent}</p>}
    </form>
  );
}
