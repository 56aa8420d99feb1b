import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchLine } from '../../../src/call/line';

const LINE = { name: 'support line', start: 'greeter', agents: [], edges: [] };
const BASE = 'http://shop.test/line/';
const pages: Record<string, unknown> = {};
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  for (const page of Object.keys(pages)) Reflect.deleteProperty(pages, page);
  vi.stubGlobal('fetch', (url: URL) => {
    asked.push(url.href);
    const page = pages[url.pathname];
    return Promise.resolve(page === undefined ? Response.json(LINE, { status: 404 }) : Response.json(page));
  });
});
afterEach(() => vi.unstubAllGlobals());

test('a line is had by its name', async () => {
  pages['/line/lines/support%20line'] = LINE;
  expect(await fetchLine(BASE, 'support line')).toEqual(LINE);
});

test.each([
  ['a list of names', ['support line', 'other']],
  ['names under `lines`', { lines: ['support line', 'other'] }],
])('without a name it is the first one: %s', async (_what, lines) => {
  pages['/line/lines'] = lines;
  pages['/line/lines/support%20line'] = LINE;
  expect(await fetchLine(BASE, undefined)).toEqual(LINE);
  expect(asked).toEqual([`${BASE}lines`, `${BASE}lines/support%20line`]);
});

test('a list of whole lines is asked no further', async () => {
  pages['/line/lines'] = [LINE];
  expect(await fetchLine(BASE, undefined)).toEqual(LINE);
  expect(asked).toHaveLength(1);
});

test.each([['none', []], ['no list', { lines: 'support line' }], ['nothing', null]])('there may be no line: %s', async (_what, lines) => {
  pages['/line/lines'] = lines;
  expect(await fetchLine(BASE, undefined)).toBeUndefined();
});

test('a line that cannot be had is no obstacle, whatever stands in the refusal', async () => {
  expect(await fetchLine(BASE, 'support line')).toBeUndefined();
  expect(await fetchLine(BASE, undefined)).toBeUndefined();
});
