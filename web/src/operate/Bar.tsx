/** The bar at the top: the pages, and who is signed in. */
import { Leaf } from '../components/icons';
import { Account } from './Account';
import { Link } from './Link';
import type { Route } from './route';
import { texts } from './texts';
import type { Me } from './types';

interface Props {
  route: Route;
  me: Me;
  onSignOut: () => Promise<void>;
}

export function Bar({ route, me, onSignOut }: Props) {
  const calls = route.page === 'calls' || route.page === 'call';
  return (
    <header className="bar">
      <span className="mark" aria-hidden="true">
        <Leaf />
      </span>
      <span className="bar-brand">{texts.brand}</span>
      <nav aria-label={texts.navigation}>
        <Link to="" aria-current={route.page === 'now' ? 'page' : undefined}>
          {texts.pages.now}
        </Link>
        <Link to="calls" aria-current={calls ? (route.page === 'calls' ? 'page' : 'true') : undefined}>
          {texts.pages.calls}
        </Link>
      </nav>
      <Account me={me} onSignOut={onSignOut} />
    </header>
  );
}
