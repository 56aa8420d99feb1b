import { Link } from './Link';
import { texts } from './texts';

export function Missing() {
  return (
    <div className="blank">
      <h1>{texts.pages.missing}</h1>
      <p>{texts.missing}</p>
      <Link to="" className="button">
        {texts.pages.now}
      </Link>
    </div>
  );
}
