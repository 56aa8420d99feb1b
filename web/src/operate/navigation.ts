/** The address of the page, without a reload: read it, change it, hear of its changes. */

const CHANGED = 'operate:moved';

export function rootPath(base: string): string {
  return new URL('operate', base).pathname;
}

/** The path below `/operate`, without slashes around it. */
export function pathBelow(root: string, pathname: string): string {
  const rest = pathname.startsWith(root) ? pathname.slice(root.length) : pathname;
  return rest.replace(/^\/+|\/+$/g, '');
}

/** Go to another page, as a link does: to its top. Back is the browser's, to where one was. */
export function goTo(address: string): void {
  history.pushState(null, '', address);
  scrollTo(0, 0);
  dispatchEvent(new Event(CHANGED));
}

/** Change the address of this page, without a step back to what it was. */
export function replaceWith(address: string): void {
  history.replaceState(null, '', address);
  dispatchEvent(new Event(CHANGED));
}

export function onMoved(then: () => void): () => void {
  addEventListener(CHANGED, then);
  addEventListener('popstate', then);
  return () => {
    removeEventListener(CHANGED, then);
    removeEventListener('popstate', then);
  };
}
