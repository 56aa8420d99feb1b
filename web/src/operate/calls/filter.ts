/** What the list is narrowed by: it stands in the address of the page, under the names that the server knows. */

export const FIELDS = [
  'q', 'line', 'agent', 'outcome', 'rule', 'from', 'to', 'min_seconds', 'max_seconds', 'min_cost', 'max_cost',
] as const;

export type Field = (typeof FIELDS)[number];

export type Filter = { [field in Field]?: string | undefined };

/** `search` as the address has it, `?…` or nothing. What is no filter is left out. */
export function filterOf(search: string): Filter {
  const given = new URLSearchParams(search);
  const filter: Filter = {};
  for (const field of FIELDS) filter[field] = given.get(field) || undefined;
  return filter;
}

/** Where the page before ended; nothing on the first. */
export function afterOf(search: string): string | undefined {
  return new URLSearchParams(search).get('after') ?? undefined;
}

export function searchOf(filter: Filter, after?: string): string {
  const search = new URLSearchParams();
  for (const field of FIELDS) if (filter[field]) search.set(field, filter[field]);
  if (after) search.set('after', after);
  return search.size > 0 ? `?${search.toString()}` : '';
}

/** A filter with one field changed. An agent is one of a line: with another line it is dropped. */
export function changed(filter: Filter, field: Field, value: string): Filter {
  return { ...filter, ...(field === 'line' && { agent: '' }), [field]: value };
}

export function countOf(filter: Filter): number {
  return FIELDS.filter((field) => filter[field]).length;
}

/** A moment in UTC as a field for local times has it; nothing for what is no moment. */
export function localOf(moment: string | undefined): string {
  const date = new Date(moment ?? '');
  if (Number.isNaN(date.getTime())) return '';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The other way. */
export function momentOf(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace(/:\d{2}\.\d{3}Z$/, 'Z');
}
