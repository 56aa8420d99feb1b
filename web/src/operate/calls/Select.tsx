import { texts } from '../texts';
import { sentence, words } from '../words';

export interface Option {
  value: string;
  label: string;
}

interface Props {
  label: string;
  value: string | undefined;
  options: Option[];
  onChange: (value: string) => void;
}

/** What is chosen is always among the options: an address may name what is not there any more. */
export function Select({ label, value = '', options, onChange }: Props) {
  const known = value === '' || options.some((option) => option.value === value);
  const all = known ? options : [...options, { value, label: sentence(words(value)) }];
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} data-set={value !== ''} onChange={(event) => onChange(event.target.value)}>
        <option value="">{texts.calls.any}</option>
        {all.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
