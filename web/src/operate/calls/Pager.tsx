import { Link } from '../Link';
import { texts } from '../texts';
import { afterOf, searchOf, type Filter } from './filter';

interface Props {
  filter: Filter;
  search: string;
  next: string | null;
}

export function Pager({ filter, search, next }: Props) {
  const first = afterOf(search) === undefined;
  if (first && next === null) return null;
  return (
    <nav className="pager" aria-label={texts.calls.paging}>
      {!first && (
        <Link className="button" to={`calls${searchOf(filter)}`}>
          {texts.calls.newest}
        </Link>
      )}
      {next === null ? (
        <p className="small">{texts.calls.oldest}</p>
      ) : (
        <Link className="button" to={`calls${searchOf(filter, next)}`}>
          {texts.calls.older}
        </Link>
      )}
    </nav>
  );
}
