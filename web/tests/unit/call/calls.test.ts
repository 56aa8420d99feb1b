/** The page's side of the web app's `calls` resource. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callsAt } from '../../../src/call/calls';
import { ProblemError } from '../../../src/call/problem';

const PASS = { id: 'call-1', resume_token: 'token-1' };
const fetched = vi.fn<(url: URL, options: RequestInit) => Promise<Response>>();
const calls = callsAt('http://shop.test/line/');

beforeEach(() => {
  fetched.mockReset().mockImplementation(() => Promise.resolve(Response.json(PASS)));
  vi.stubGlobal('fetch', fetched);
});
afterEach(() => vi.unstubAllGlobals());

const asked = () => {
  const [url, { signal, ...options }] = fetched.mock.calls[0] as [URL, RequestInit];
  expect(signal).toBeInstanceOf(AbortSignal);
  return { ...options, url: url.href, body: JSON.parse(options.body as string) as unknown };
};
const answers = (status: number, body: BodyInit | null, headers?: HeadersInit) =>
  fetched.mockResolvedValue(new Response(body, { status, ...(headers && { headers }) }));
const refusal = (code: string) => JSON.stringify({ error: { code } });
const problemOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((raised: unknown) => raised);
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
};
const JSON_ONCE = { headers: { 'content-type': 'application/json' }, cache: 'no-store' };

test('a call is asked for under the address of the page', async () => {
  expect(await calls.ask(undefined)).toEqual(PASS);
  const url = 'http://shop.test/line/calls';
  expect(asked()).toEqual({ ...JSON_ONCE, method: 'POST', url, body: {}, keepalive: false });
});

test('a call is asked for by the name of its line', async () => {
  await calls.ask('support-line');
  expect(asked().body).toEqual({ line: 'support-line' });
});

test('a call is continued by its resume token', async () => {
  expect(await calls.resume('token-1', true, 'attempt')).toEqual(PASS);
  expect(asked()).toMatchObject({ method: 'POST', url: 'http://shop.test/line/calls/resume', keepalive: false });
  expect(asked().body).toEqual({ resume_token: 'token-1', fresh: true, attempt: 'attempt' });
});

test('a call is ended by its resume token, also while the page closes', async () => {
  await calls.end('token-1');
  expect(asked()).toMatchObject({ method: 'DELETE', url: 'http://shop.test/line/calls', keepalive: true });
  expect(asked().body).toEqual({ resume_token: 'token-1' });
});

test('a call that cannot be ended is left to end by itself', async () => {
  fetched.mockRejectedValue(new TypeError('no network'));
  await expect(calls.end('token-1')).resolves.toBeUndefined();
});

test('no network, and no answer, is a shop that cannot be reached', async () => {
  fetched.mockRejectedValue(new TypeError('no network'));
  expect(await problemOf(calls.ask(undefined))).toEqual({ kind: 'unreachable' });
});

test.each([400, 403, 404, 409, 410, 422])('a resume token that is answered with %i is gone', async (status) => {
  answers(status, '{}');
  expect(await problemOf(calls.resume('old', false, 'attempt'))).toEqual({ kind: 'gone' });
});

test('a full house is no reason to give a resume token up', async () => {
  answers(503, refusal('house_full'));
  expect(await problemOf(calls.resume('token-1', false, 'attempt'))).toEqual({ kind: 'busy' });
});

test('a refusal tells its code, and when to come back', async () => {
  answers(429, refusal('too_many_requests'), { 'retry-after': '30' });
  expect(await problemOf(calls.ask(undefined))).toEqual({ kind: 'tooMany', retryAfter: 30 });
});

test('the code says more than the status', async () => {
  answers(503, refusal('livekit_down'));
  expect(await problemOf(calls.ask(undefined))).toEqual({ kind: 'server' });
});

test.each([['an empty one', ''], ['a page', '<html>'], ['nothing known', '{}'], ['null', 'null']])(
  'a refusal with another body is told by its status: %s',
  async (_what, body) => {
    answers(503, body);
    expect(await problemOf(calls.ask(undefined))).toEqual({ kind: 'busy' });
  },
);

test('a yes without a pass is a fault of the server', async () => {
  answers(200, '<html>');
  expect(await problemOf(calls.ask(undefined))).toEqual({ kind: 'server' });
});
