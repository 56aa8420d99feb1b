/** The keys of a telephone, by mouse or by keyboard. */
import { useEffect, useRef, useState } from 'react';
import type { Call } from '../call/call';
import { texts } from '../texts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

export function Keypad({ call }: { call: Call }) {
  const [pressed, setPressed] = useState('');
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const press = (key: string) => {
    setPressed((before) => (before + key).slice(-16));
    void call.press(key);
  };
  return (
    <div className="panel keypad" role="group" aria-label={texts.keypad.title}>
      <output className="keypad-pressed" aria-label={texts.keypad.sent}>
        {pressed}
      </output>
      <div className="keypad-keys">
        {KEYS.map((key, index) => (
          <button
            key={key}
            ref={index === 0 ? first : undefined}
            type="button"
            aria-label={`${texts.keypad.key} ${texts.keypad.names[key] ?? key}`}
            onClick={() => press(key)}
            onKeyDown={(event) => {
              if (KEYS.includes(event.key)) press(event.key);
            }}
          >
            {key}
          </button>
        ))}
      </div>
    </div>
  );
}
