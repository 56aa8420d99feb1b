/** What the list is narrowed by. On a phone only the search stands open. */
import { useState, type RefObject } from 'react';
import { Search } from '../../components/icons';
import { OUTCOMES, outcomeText, texts } from '../texts';
import type { Choices } from '../types';
import { sentence, words } from '../words';
import { changed, countOf, localOf, momentOf, type Field, type Filter } from './filter';
import { Select, type Option } from './Select';
import { Typed } from './Typed';

interface Props {
  filter: Filter;
  choices: Choices;
  field: RefObject<HTMLInputElement | null>;
  onChange: (filter: Filter) => void;
}

export function Filters({ filter, choices, field, onChange }: Props) {
  const [unfolded, setUnfolded] = useState(false);
  const set = (name: Field) => (value: string) => onChange(changed(filter, name, value));
  const count = countOf(filter);
  const t = texts.calls.filters;
  const typed = (name: Field, step: string) => (
    <Typed label={t[name]} type="number" min="0" step={step} value={filter[name] ?? ''} onChange={set(name)} />
  );
  const moment = (name: 'from' | 'to') => (
    <Typed
      label={t[name]}
      type="datetime-local"
      value={localOf(filter[name])}
      onChange={(local) => set(name)(momentOf(local))}
    />
  );
  return (
    <search className="filters">
      <div className="filters-search">
        <Search />
        <Typed ref={field} label={t.q} type="search" placeholder={t.q} value={filter.q ?? ''} onChange={set('q')} />
      </div>
      <button
        type="button"
        className="button filters-fold"
        aria-expanded={unfolded}
        aria-controls="filters-more"
        onClick={() => setUnfolded(!unfolded)}
      >
        {texts.calls.fold(count)}
      </button>
      <div id="filters-more" className="filters-more" data-unfolded={unfolded}>
        <Select label={t.line} value={filter.line} options={linesOf(choices)} onChange={set('line')} />
        <Select label={t.agent} value={filter.agent} options={agentsOf(choices, filter.line)} onChange={set('agent')} />
        <Select label={t.outcome} value={filter.outcome} options={ENDINGS} onChange={set('outcome')} />
        <Select label={t.rule} value={filter.rule} options={rulesOf(choices)} onChange={set('rule')} />
        {moment('from')}
        {moment('to')}
        {typed('min_seconds', '1')}
        {typed('max_seconds', '1')}
        {typed('min_cost', 'any')}
        {typed('max_cost', 'any')}
        <button type="button" className="button filters-clear" disabled={count === 0} onClick={() => onChange({})}>
          {texts.calls.clear}
        </button>
      </div>
    </search>
  );
}

const ENDINGS: Option[] = OUTCOMES.map((value) => ({ value, label: outcomeText(value) }));

function linesOf({ lines }: Choices): Option[] {
  return lines.map(({ name }) => ({ value: name, label: sentence(words(name)) }));
}

/** Of the line that is chosen, or of all; one that several lines have stands once. */
function agentsOf({ lines }: Choices, line: string | undefined): Option[] {
  const agents = lines.filter(({ name }) => !line || name === line).flatMap((one) => one.agents);
  const labels = new Map(agents.map(({ id, label }) => [id, label]));
  return [...labels].map(([value, label]) => ({ value, label }));
}

function rulesOf({ rules }: Choices): Option[] {
  return rules.map(({ rule }) => ({ value: rule, label: sentence(words(rule)) }));
}
