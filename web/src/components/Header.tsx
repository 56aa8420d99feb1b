import type { Front } from '../call/line';
import { Leaf } from './icons';

export function Header({ front }: { front: Front | undefined }) {
  return (
    <header className="header">
      <span className="header-mark" aria-hidden="true">
        <Leaf />
      </span>
      <span className="header-name">{front?.brand}</span>
      <span className="header-tagline">{front?.tagline}</span>
    </header>
  );
}
