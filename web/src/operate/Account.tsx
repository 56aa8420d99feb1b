/** Who is signed in and what they may do; dark or light; the way out. */
import { useId, useState } from 'react';
import { texts } from './texts';
import { THEMES, chooseTheme, chosenTheme, type Theme } from './theme';
import type { Me } from './types';

interface Props {
  me: Me;
  onSignOut: () => Promise<void>;
}

export function Account({ me, onSignOut }: Props) {
  const id = useId();
  const role = texts.roles[me.role];
  return (
    <div className="account">
      <button type="button" className="account-button" popoverTarget={id} aria-label={texts.account.open(me.name, role.name)}>
        <span className="account-name">{me.name}</span>
        <span className="account-role">{role.name}</span>
      </button>
      <div id={id} className="account-panel" popover="auto">
        <p className="account-who">{me.name}</p>
        <p className="small">
          {role.name}: {role.may}
        </p>
        <ThemeSwitch />
        <button type="button" className="button" onClick={() => void onSignOut()}>
          {texts.account.signOut}
        </button>
      </div>
    </div>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  const name = useId();
  const choose = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <fieldset className="choice">
      <legend>{texts.account.theme}</legend>
      {THEMES.map((one) => (
        <label key={one}>
          <input type="radio" name={name} checked={one === theme} onChange={() => choose(one)} />
          <span>{texts.account.themes[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
