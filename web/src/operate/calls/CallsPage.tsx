/** The calls, newest first: filtered, searched, paged and exported. The address says what is shown. */
import { useCallback, useRef, useState } from 'react';
import type { Api } from '../api';
import { addressOf } from '../Link';
import { replaceWith } from '../navigation';
import { texts } from '../texts';
import { useSearch } from '../usePlace';
import { CallsTable } from './CallsTable';
import { countOf, filterOf, searchOf, type Filter } from './filter';
import { Filters } from './Filters';
import { NoCalls } from './NoCalls';
import { Pager } from './Pager';
import { useCalls } from './useCalls';
import { useChoices } from './useChoices';
import { useKeys } from './useKeys';

export function CallsPage({ api }: { api: Api }) {
  const search = useSearch();
  const filter = filterOf(search);
  const [turn, setTurn] = useState(0);
  const choices = useChoices(api);
  const { page, refusal, loading } = useCalls(api, search, turn);
  const field = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  useKeys({ search: field, table, onRefresh: refresh });
  const narrow = (wanted: Filter) => replaceWith(addressOf(`calls${searchOf(wanted)}`));
  const none = refusal !== undefined || page?.calls.length === 0;
  return (
    <div className="calls" aria-busy={loading}>
      <div className="calls-head">
        <h1>{texts.pages.calls}</h1>
        <p className="hidden" role="status">
          {page && !loading ? texts.calls.found(page.calls.length) : ''}
        </p>
        <div className="calls-actions">
          <button type="button" className="button" onClick={refresh}>
            {texts.calls.refresh}
          </button>
          <a className="button" href={api.listAt('csv', filter)} download>
            CSV
          </a>
          <a className="button" href={api.listAt('json', filter)} download>
            JSON
          </a>
        </div>
      </div>
      <Filters filter={filter} choices={choices} field={field} onChange={narrow} />
      {none && !(loading && !page && !refusal) && (
        <NoCalls refusal={refusal} filtered={countOf(filter) > 0} onRetry={refresh} onClear={() => narrow({})} />
      )}
      {page && page.calls.length > 0 && <CallsTable ref={table} calls={page.calls} choices={choices} now={api.clock.now()} />}
      {page && <Pager filter={filter} search={search} next={page.next} />}
      <p className="calls-keys small">{texts.calls.keys}</p>
    </div>
  );
}
