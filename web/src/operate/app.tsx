/** The operators' pages: the frame, and the page that the address means. */
import { CallPage } from './call/CallPage';
import type { Api } from './api';
import { Link } from './Link';
import { pathBelow, rootPath } from './navigation';
import { routeOf, type Route } from './route';
import { texts } from './texts';
import type { Me } from './types';
import { usePathname } from './usePlace';

interface Props {
  api: Api;
  me: Me;
}

export function App({ api, me }: Props) {
  const route = routeOf(pathBelow(rootPath(document.baseURI), usePathname()));
  return (
    <div className="operate">
      <header className="bar">
        <nav aria-label={texts.navigation}>
          <Link to="" aria-current={route.page === 'now' ? 'page' : undefined}>
            {texts.pages.now}
          </Link>
          <Link to="calls" aria-current={route.page === 'calls' ? 'page' : undefined}>
            {texts.pages.calls}
          </Link>
        </nav>
      </header>
      <main id="page" tabIndex={-1}>
        <Page route={route} api={api} me={me} />
      </main>
    </div>
  );
}

function Page({ route, api, me }: Props & { route: Route }) {
  if (route.page === 'call') return <CallPage key={route.id} id={route.id} api={api} me={me} />;
  return <h1>{texts.pages[route.page]}</h1>;
}
