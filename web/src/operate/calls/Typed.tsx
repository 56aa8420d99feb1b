/** A field that is typed into: what it says holds after a moment, or at once with Enter. */
import { useEffect, useRef, type InputHTMLAttributes, type RefObject } from 'react';

const MOMENT = 400;

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
  ref?: RefObject<HTMLInputElement | null>;
}

export function Typed({ label, value, onChange, ref, ...rest }: Props) {
  const own = useRef<HTMLInputElement>(null);
  const field = ref ?? own;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tell = useRef(onChange);
  useEffect(() => {
    tell.current = onChange;
  }, [onChange]);
  useEffect(() => () => clearTimeout(timer.current), []);
  // The address may have changed without this field; whoever types in it is not disturbed.
  useEffect(() => {
    const input = field.current;
    if (input && input.value !== value && input !== document.activeElement) input.value = value;
  }, [field, value]);
  const settle = () => {
    clearTimeout(timer.current);
    const input = field.current;
    if (input?.validity.valid && input.value.trim() !== value) tell.current(input.value.trim());
  };
  const later = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(settle, MOMENT);
  };
  return (
    <label className="field">
      <span>{label}</span>
      <input
        ref={field}
        defaultValue={value}
        data-set={value !== ''}
        onInput={later}
        onBlur={settle}
        onKeyDown={(event) => {
          if (event.key === 'Enter') settle();
        }}
        {...rest}
      />
    </label>
  );
}
