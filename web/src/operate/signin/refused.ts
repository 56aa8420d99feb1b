/** Why somebody who came back from the sign-in service was not let in: the server says it in the address. */
import { replaceWith } from '../navigation';

const NAME = 'refused';

/** The code of it, which the address is then without; null: nobody was refused. */
export function takeRefused(): string | null {
  const url = new URL(location.href);
  const code = url.searchParams.get(NAME);
  if (code === null) return null;
  url.searchParams.delete(NAME);
  replaceWith(url.pathname + url.search + url.hash);
  return code;
}
