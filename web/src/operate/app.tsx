/** The operators' pages: the frame, and the page that the address means. */
import { useEffect, useRef } from 'react';
import { Bar } from './Bar';
import { CallPage } from './call/CallPage';
import type { Api } from './api';
import { CallsPage } from './calls/CallsPage';
import { Missing } from './Missing';
import { pathBelow, rootPath } from './navigation';
import { NowPage } from './now/NowPage';
import { routeOf, type Route } from './route';
import { texts } from './texts';
import type { Me } from './types';
import { usePathname } from './usePlace';

interface Props {
  api: Api;
  me: Me;
  onSignOut: () => Promise<void>;
}

export function App({ api, me, onSignOut }: Props) {
  const path = pathBelow(rootPath(document.baseURI), usePathname());
  const route = routeOf(path);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="operate">
      <title>{`${texts.pages[route.page]} · ${texts.title}`}</title>
      <a className="skip" href={`${location.pathname}${location.search}#page`}>
        {texts.skip}
      </a>
      <Bar route={route} me={me} onSignOut={onSignOut} />
      <main id="page" tabIndex={-1} ref={main}>
        <Page route={route} api={api} me={me} />
      </main>
    </div>
  );
}

function Page({ route, api, me }: { route: Route; api: Api; me: Me }) {
  switch (route.page) {
    case 'now':
      return <NowPage api={api} />;
    case 'calls':
      return <CallsPage api={api} />;
    case 'call':
      return <CallPage key={route.id} id={route.id} api={api} me={me} />;
    case 'missing':
      return <Missing />;
  }
}
