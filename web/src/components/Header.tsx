import { texts } from '../texts';
import { Leaf } from './icons';

export function Header() {
  return (
    <header className="header">
      <span className="header-mark" aria-hidden="true">
        <Leaf />
      </span>
      <span className="header-name">{texts.brand}</span>
      <span className="header-tagline">{texts.tagline}</span>
    </header>
  );
}
