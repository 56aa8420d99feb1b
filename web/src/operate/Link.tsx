/** A link to another of the operators' pages, which opens without a reload. `to` is below `/operate`: '', 'calls', ... */
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { goTo, rootPath } from './navigation';

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
}

export function Link({ to, children, ...rest }: Props) {
  const address = addressOf(to);
  const follow = (event: MouseEvent) => {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (elsewhere) return;
    event.preventDefault();
    goTo(address);
  };
  return (
    <a {...rest} href={address} onClick={follow}>
      {children}
    </a>
  );
}

export function addressOf(to: string): string {
  const root = rootPath(document.baseURI);
  return to === '' || to.startsWith('?') ? `${root}${to}` : `${root}/${to}`;
}
