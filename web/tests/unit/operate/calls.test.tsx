/**
 * The list of calls, on a fake server.
 * @vitest-environment jsdom
 */
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Api } from '../../../src/operate/api';
import { CallsPage } from '../../../src/operate/calls/CallsPage';
import { changed, filterOf, localOf, momentOf, searchOf } from '../../../src/operate/calls/filter';
import { replaceWith } from '../../../src/operate/navigation';
import type { CallLine } from '../../../src/operate/types';
import '../setup';
import { SHOP } from './made';

const CHOICES = { lines: [SHOP], rules: [{ rule: 'dead_air', sentence: 'Nobody was heard.' }] };

function call(id: string, more: Partial<CallLine> = {}): CallLine {
  return {
    id,
    line: 'support-line',
    agent: 'support',
    agents: ['greeter', 'support'],
    caller: '•••• 4821',
    started_at: '2026-11-27T19:00:00Z',
    ended_at: '2026-11-27T19:02:05Z',
    outcome: 'goodbye',
    seconds: 125,
    cost: 0.0312,
    currency: 'USD',
    rules: [],
    first_sound_p50_ms: 642,
    to_person: false,
    ...more,
  };
}

type Reply = [status: number, body: object];
let reply: (query: URLSearchParams) => Reply | Promise<Reply>;
let asked: URLSearchParams[];

beforeEach(() => {
  document.head.innerHTML = '<base href="/">';
  vi.stubGlobal('scrollTo', () => undefined);
  asked = [];
  reply = () => [200, { calls: [call('a'), call('b'), call('c')], next: null }];
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ask: typeof fetch = async (input, init) => {
  const url = new URL(input as string);
  if (url.pathname.endsWith('/choices')) return Response.json(CHOICES);
  asked.push(url.searchParams);
  const [status, body] = await reply(url.searchParams);
  if (init?.signal?.aborted) throw new DOMException('', 'AbortError');
  return Response.json(body, { status });
};

async function open(search = ''): Promise<void> {
  history.replaceState(null, '', `/operate/calls${search}`);
  render(<CallsPage api={new Api('http://shop.test/', ask)} />);
  await screen.findByRole('option', { name: 'Order support' });
}

const rows = () => screen.getAllByRole('row').slice(1);
const lastAsked = () => Object.fromEntries(asked.at(-1) ?? []);
const link = (name: string) => screen.getByRole('link', { name }).getAttribute('href');

test('a call says who had it, how long, how it ended, what struck and what it cost', async () => {
  reply = () => [200, { calls: [call('a', { rules: ['dead_air', 'asked_twice'] })], next: null }];
  await open();
  const cells = within((await screen.findAllByRole('row'))[1] as HTMLElement).getAllByRole('cell');
  expect(cells.slice(1).map(({ textContent }) => textContent)).toEqual([
    'Order support, among Welcome desk, Order support',
    'Support-line',
    '•••• 4821',
    '2:05',
    'Said goodbye',
    'dead airasked twice',
    '0.64 s',
    '$0.031',
  ]);
  expect(screen.getByTitle('Nobody was heard.').textContent).toBe('dead air');
});

test('what is not known is never a nought', async () => {
  const running = { ended_at: null, outcome: null, seconds: null, cost: null, agent: null, agents: [] };
  reply = () => [200, { calls: [call('a', { cost: null }), call('b', { ...running, first_sound_p50_ms: null })], next: null }];
  await open();
  await screen.findByText('unknown');
  const cells = within(rows()[1] as HTMLElement).getAllByRole('cell');
  expect(cells.map(({ textContent }) => textContent).slice(4)).toEqual(['–', 'Still running', '', '–', '–']);
});

test('the whole address is what the server is asked for', async () => {
  await open('?line=support-line&q=writing+desk&min_seconds=60&after=place&other=1');
  await waitFor(() => expect(lastAsked()).toEqual({ line: 'support-line', q: 'writing desk', min_seconds: '60', after: 'place' }));
  expect(screen.getByLabelText('Search what was said')).toHaveValue('writing desk');
  expect(screen.getByLabelText('Line')).toHaveValue('support-line');
});

test('a choice goes into the address, and begins at the newest call again', async () => {
  await open('?after=place');
  await userEvent.selectOptions(screen.getByLabelText('Rule that struck'), 'Dead air');
  expect(location.search).toBe('?rule=dead_air');
  await waitFor(() => expect(lastAsked()).toEqual({ rule: 'dead_air' }));
});

test('what is typed is searched for once, after a moment or with Enter', async () => {
  await open();
  await userEvent.type(screen.getByLabelText('Search what was said'), 'desk{Enter}');
  await waitFor(() => expect(location.search).toBe('?q=desk'));
  await waitFor(() => expect(asked).toHaveLength(2));
  await userEvent.type(screen.getByLabelText('Cost, at least'), '0.5');
  await waitFor(() => expect(location.search).toBe('?q=desk&min_cost=0.5'));
  expect(asked).toHaveLength(3);
});

test('a filter that is cleared elsewhere is cleared in the fields', async () => {
  await open('?q=desk&min_cost=2');
  act(() => replaceWith('/operate/calls'));
  expect(screen.getByLabelText('Search what was said')).toHaveValue('');
  expect(screen.getByLabelText('Cost, at least')).toHaveValue(null);
});

test('an answer that comes late does not replace the one that was asked for after it', async () => {
  let late: (reply: Reply) => void = () => undefined;
  reply = (query) =>
    query.get('q') === 'first'
      ? new Promise((settle) => {
          late = settle;
        })
      : [200, { calls: [call('second', { caller: 'the second' })], next: null }];
  await open('?q=first');
  act(() => replaceWith('/operate/calls?q=second'));
  await screen.findByText('the second');
  await act(async () => {
    late([200, { calls: [call('first', { caller: 'the first' })], next: null }]);
    await Promise.resolve();
  });
  expect(screen.queryByText('the first')).toBeNull();
});

test('older calls are a page of their own, with the same filter', async () => {
  reply = (query) => [200, { calls: [call('a')], next: query.get('after') ? null : 'place 2' }];
  await open('?line=support-line');
  await userEvent.click(await screen.findByRole('link', { name: 'Older calls' }));
  expect(location.search).toBe('?line=support-line&after=place+2');
  await screen.findByText('These are the oldest.');
  expect(link('Newest calls')).toBe('/operate/calls?line=support-line');
});

test('files have what is filtered, from the newest call on', async () => {
  await open('?rule=dead_air&after=place');
  expect(link('CSV')).toBe('http://shop.test/operate/api/calls.csv?rule=dead_air');
  expect(link('JSON')).toBe('http://shop.test/operate/api/calls.json?rule=dead_air');
});

test('no calls at all and none that fits are told apart', async () => {
  reply = () => [200, { calls: [], next: null }];
  await open();
  await screen.findByRole('heading', { name: 'No calls yet' });
  act(() => replaceWith('/operate/calls?q=umbrella'));
  await screen.findByRole('heading', { name: 'No call fits' });
  await userEvent.click(screen.getAllByRole('button', { name: 'Clear the filter' })[0] as HTMLElement);
  expect(location.search).toBe('');
});

test('a filter that is not allowed says what is', async () => {
  reply = () => [422, { error: { code: 'filter', message: 'from: a day or a time' } }];
  await open('?from=soon');
  expect(await screen.findByRole('alert')).toHaveTextContent('from: a day or a time');
});

test('a list that could not be read can be tried again', async () => {
  reply = () => [500, {}];
  await open();
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  reply = () => [200, { calls: [call('a')], next: null }];
  await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
  await screen.findByText('2:05');
});

test('the keyboard searches, goes from call to call and reads the list again', async () => {
  await open();
  const links = (await screen.findAllByRole('row')).slice(1).map((row) => within(row).getByRole('link'));
  await userEvent.keyboard('j');
  expect(links[0]).toHaveFocus();
  await userEvent.keyboard('j{ArrowDown}k');
  expect(links[1]).toHaveFocus();
  const before = asked.length;
  await userEvent.keyboard('r');
  await waitFor(() => expect(asked).toHaveLength(before + 1));
  await userEvent.keyboard('/');
  expect(screen.getByLabelText('Search what was said')).toHaveFocus();
  await userEvent.keyboard('jr');
  expect(screen.getByLabelText('Search what was said')).toHaveValue('jr');
});

test('an agent goes with its line', () => {
  const filter = { line: 'one', agent: 'support', rule: 'dead_air' };
  expect(searchOf(changed(filter, 'line', 'other'))).toBe('?line=other&rule=dead_air');
  expect(searchOf(changed(filter, 'rule', ''))).toBe('?line=one&agent=support');
});

test('a moment is written as the clock here has it, and asked for in UTC', () => {
  const moment = momentOf('2026-11-27T09:30');
  expect(moment).toBe(`${new Date(2026, 10, 27, 9, 30).toISOString().slice(0, 16)}Z`);
  expect(localOf(moment)).toBe('2026-11-27T09:30');
  expect(localOf('soon')).toBe('');
  expect(momentOf('')).toBe('');
});

test('the address and the filter are the same thing twice', () => {
  const search = '?q=a+%26+b&line=l&agent=a&outcome=o&rule=r&from=f&to=t&min_seconds=1&max_seconds=2&min_cost=3&max_cost=4';
  expect(searchOf(filterOf(search))).toBe(search);
  expect(searchOf({})).toBe('');
});
