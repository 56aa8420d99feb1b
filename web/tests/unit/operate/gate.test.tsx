/**
 * Signing in and out, on a fake server.
 * @vitest-environment jsdom
 */
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Api } from '../../../src/operate/api';
import { Gate } from '../../../src/operate/signin/Gate';
import { takeRefused } from '../../../src/operate/signin/refused';
import { Session } from '../../../src/operate/signin/session';
import '../setup';

const PASSWORD = { sign_in: '/operate/sign-in', by: 'password' };
const OPENID = { sign_in: '/operate/sign-in', by: 'openid' };
const ADA = { name: 'Ada', role: 'supervisor', signed_out_at: null as string | null };

type Answer = [status: number, body: object | null, headers?: Record<string, string>] | 'away';
let server: Record<string, Answer>;
const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  server = { 'GET me': [200, ADA], 'GET nothing': [401, PASSWORD] };
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const ask: typeof fetch = (input, init) => {
  const name = `${init?.method ?? 'GET'} ${(input as string).split('/').at(-1) ?? ''}`;
  asked.push(name);
  const answer = server[name] ?? [404, {}];
  if (answer === 'away') return Promise.reject(new TypeError('away'));
  const [status, body, headers = {}] = answer;
  return Promise.resolve(new Response(body && JSON.stringify(body), { status, headers }));
};

function open(refused: string | null = null): Api {
  const api = new Api('http://shop.test/', ask);
  const session = new Session(api);
  void session.ask();
  // a path that is no page, so that nothing else asks the server
  history.replaceState(null, '', '/operate/none');
  render(<Gate api={api} session={session} refused={refused} />);
  return api;
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name, hidden: true }));
const inside = () => screen.findByRole('navigation', { name: 'Pages' });

test('who is signed in sees the pages, with their role and what it may', async () => {
  open();
  await inside();
  expect(screen.getByRole('button', { name: 'Ada, Supervisor: account' })).toBeTruthy();
  expect(screen.getByText(/Supervisor: sees calls in full and hears recordings/)).toBeTruthy();
});

test('nobody sees a page before the server has said who they are', () => {
  open();
  expect(screen.queryByRole('navigation')).toBeNull();
});

test('a wrong password is told, and the right one opens the pages', async () => {
  server['GET me'] = [401, PASSWORD];
  server['POST sign-in'] = [403, { error: { code: 'wrong_password', message: 'No.' } }];
  open();
  await heading('Sign in');
  await userEvent.type(screen.getByLabelText('Password'), 'wrong{Enter}');
  expect(await screen.findByText('That is not the password.')).toBeTruthy();
  server['POST sign-in'] = [204, null];
  server['GET me'] = [200, ADA];
  await userEvent.type(screen.getByLabelText('Password'), 'right{Enter}');
  await inside();
});

test('who comes back from the sign-in service and is not let in sees why, and can try again', async () => {
  server['GET me'] = [401, OPENID];
  open('no_role');
  await heading('You could not be signed in');
  expect(screen.getByText(/have no role here/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Try again' })).toHaveAttribute('href', '/operate/sign-in');
  cleanup();
  open('something new');
  expect(await screen.findByText(/was not complete, or took too long/)).toBeTruthy();
});

test('why somebody was refused is taken out of the address', () => {
  history.replaceState(null, '', '/operate?refused=no_role&x=1#t=2');
  expect([takeRefused(), location.pathname + location.search + location.hash]).toEqual(['no_role', '/operate?x=1#t=2']);
  expect(takeRefused()).toBeNull();
});

test('too many tries say when the next may be', async () => {
  server['GET me'] = [401, PASSWORD];
  server['POST sign-in'] = [429, {}, { 'retry-after': '40' }];
  open();
  await heading('Sign in');
  await userEvent.type(screen.getByLabelText('Password'), 'guess{Enter}');
  expect(await screen.findByText('Try again in 40 seconds.')).toBeTruthy();
});

test('with OpenID the way in is a link to the other server', async () => {
  server['GET me'] = [401, OPENID];
  open();
  await heading('Sign in');
  expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/operate/sign-in');
  expect(screen.queryByLabelText('Password')).toBeNull();
});

test('who signs out is told so', async () => {
  server['POST sign-out'] = [204, null];
  open();
  await inside();
  server['GET me'] = [401, PASSWORD];
  await press('Sign out');
  await heading('You are signed out');
  expect(asked).toContain('POST sign-out');
});

test('a session that ended on any request closes the pages', async () => {
  const api = open();
  await inside();
  server['GET me'] = [401, PASSWORD];
  await act(() => expect(api.call('nothing')).rejects.toThrow());
  await heading('Your session has ended');
});

test('a session ends at its time, without a request', async () => {
  vi.useFakeTimers();
  server['GET me'] = [200, { ...ADA, signed_out_at: new Date(Date.now() + 60_000).toISOString() }];
  open();
  await act(() => vi.advanceTimersByTimeAsync(59_000));
  expect(screen.getByRole('navigation')).toBeTruthy();
  server['GET me'] = [401, PASSWORD];
  await act(() => vi.advanceTimersByTimeAsync(2_500));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Your session has ended');
});

test('a server that is away is tried again until it is back', async () => {
  vi.useFakeTimers();
  server['GET me'] = 'away';
  open();
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('No connection');
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(asked).toEqual(['GET me', 'GET me']);
  server['GET me'] = [200, ADA];
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(screen.getByRole('navigation')).toBeTruthy();
});

test('an account without a role is told so, and is not asked to sign in again', async () => {
  server['GET me'] = [403, {}];
  open();
  await heading('Not for your account');
  expect(screen.queryByLabelText('Password')).toBeNull();
});

test('the colours that were chosen stay', async () => {
  open();
  await inside();
  await userEvent.click(screen.getByRole('radio', { name: 'Dark', hidden: true }));
  expect(document.documentElement.dataset['theme']).toBe('dark');
  expect(localStorage.getItem('operate:theme')).toBe('dark');
  await userEvent.click(screen.getByRole('radio', { name: 'As the system', hidden: true }));
  expect(document.documentElement.dataset['theme']).toBeUndefined();
});
