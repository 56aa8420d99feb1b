/** Which page an address means. */

export type Route = { page: 'now' } | { page: 'calls' } | { page: 'call'; id: string } | { page: 'missing' };

/** `path` below `/operate`, without slashes around it. */
export function routeOf(path: string): Route {
  const [first, second, ...more] = path.split('/').map(decoded);
  if (more.length > 0) return { page: 'missing' };
  if (first === '' && second === undefined) return { page: 'now' };
  if (first !== 'calls') return { page: 'missing' };
  return second === undefined ? { page: 'calls' } : { page: 'call', id: second };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
