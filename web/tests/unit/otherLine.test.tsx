/**
 * A line of made-up agents, tools and people is shown in its own names and colours, and nothing that it says is more than text.
 * @vitest-environment jsdom
 */
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from '../../src/app';
import { Call } from '../../src/call/call';
import type { Line } from '../../src/call/line';
import { initial } from '../../src/call/state';
import { Outbox, typed } from '../../src/call/outbox';
import { keptCall } from '../../src/call/kept';
import { LineGraph } from '../../src/components/LineGraph';
import { namesOn } from '../../src/names';
import { FakeRoom } from '../fixture/fakeRoom';
import './setup';

vi.mock('livekit-client', async (original) => ({ ...(await original<object>()), isBrowserSupported: () => true }));

const EVIL = '<img src=x onerror=alert(1)>';
const OBSERVATORY: Line = {
  name: 'observatory',
  start: 'night_owl',
  front: { brand: 'Mount Hale', tagline: 'Stars by appointment', title: 'What shall we look at?', lead: `Ask. ${EVIL}`, topics: ['Is it cloudy?'] },
  agents: [
    { name: 'night_owl', label: 'Night owl', role: 'Is awake', colour: 'violet', voice: 'native' },
    { name: 'dome', label: 'The dome', role: 'Turns', colour: 'olive', voice: 'native' },
    { name: 'astronomer', label: 'Dr Vale', role: '', colour: 'brown', voice: 'person' },
  ],
  edges: [
    { from: 'night_owl', to: 'dome', announced: false },
    { from: 'dome', to: 'astronomer', announced: true },
  ],
  tools: [{ name: 'turn_dome', running: 'Turning the dome', done: 'Turned the dome', failed: EVIL }],
};
const PASS = { id: 'c', line: 'observatory', server_url: 'ws://livekit.test', participant_token: 't', resume_token: 'k', expires_in: 600 };

let room: FakeRoom;

beforeEach(() => {
  sessionStorage.clear();
  document.title = '';
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(OBSERVATORY)));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(): void {
  const calls = { ask: () => Promise.resolve(PASS), resume: () => Promise.resolve(PASS), end: () => Promise.resolve() };
  const createRoom = () => (room = new FakeRoom());
  render(<App call={new Call({ calls, kept: keptCall, outbox: new Outbox(typed), createRoom }, 'observatory')} base="http://hale.test/" line="observatory" />);
}

const title = (name: string) => screen.findByRole('heading', { level: 1, name });
const colour = (where: string) => document.querySelector(where)?.getAttribute('data-colour');

test('before the call it says what it is, as text', async () => {
  open();
  await title('What shall we look at?');
  expect(screen.getByText('Mount Hale')).toBeTruthy();
  expect(screen.getByText('Stars by appointment')).toBeTruthy();
  expect(screen.getByText(`Ask. ${EVIL}`)).toBeTruthy();
  expect(screen.getByText('“Is it cloudy?”')).toBeTruthy();
  expect(screen.getByText(/can bring in a person/)).toBeTruthy();
  expect(document.querySelector('img')).toBeNull();
  await waitFor(() => expect(document.title).toBe('Talk to Mount Hale'));
});

test('in a call its agents, tools and people have its names and colours', async () => {
  open();
  await title('What shall we look at?');
  await userEvent.click(screen.getByRole('button', { name: 'Type instead' }));
  await waitFor(() => expect(document.querySelector('[data-phase=waiting]')).not.toBeNull());
  await title('Mount Hale');
  act(() => room.agentJoins({ 'switchboard.agent': 'night_owl', 'lk.agent.state': 'listening' }));
  await title('Night owl');
  expect(screen.getByText('Is awake')).toBeTruthy();
  expect(colour('.agent')).toBe('violet');
  expect(colour('.line [data-agent=dome]')).toBe('olive');

  act(() => room.event({ kind: 'handoff', from: 'night_owl', to: 'dome' }));
  await title('The dome');
  const log = within(screen.getByRole('log'));
  expect(await log.findByText('You’re now with The dome')).toHaveAttribute('data-colour', 'olive');
  act(() => room.agentSays('1', 'Where to?'));
  await log.findByText('Where to?');
  expect(colour('.said')).toBe('olive');
  act(() => room.event({ kind: 'tool_called', agent: 'dome', tool: 'turn_dome', id: 'a' }));
  await log.findByText('Turning the dome…');
  act(() => room.event({ kind: 'tool_returned', agent: 'dome', tool: 'turn_dome', id: 'a', failed: true }));
  await log.findByText(EVIL);
  act(() => room.event({ kind: 'person', person: 'astronomer', state: 'called' }));
  await log.findByText('Calling Dr Vale…');
});

test('on a line with many agents no more than two stand beside one another, and each has room for its name', () => {
  const many = ['a', 'b', 'c', 'd', 'e'];
  const edges = many.map((to) => ({ from: 'night_owl', to, announced: false }));
  render(<LineGraph line={{ ...OBSERVATORY, edges }} state={initial(false)} />);
  const places = screen.getAllByRole('listitem').map(({ style }) => [style.top, style.left, style.maxWidth].join(' '));
  expect(places).toEqual([
    '12.5% 50% 100%',
    '37.5% 25% 50%',
    '37.5% 75% 50%',
    '62.5% 25% 50%',
    '62.5% 75% 50%',
    '87.5% 50% 100%',
  ]);
});

test('what a line does not tell is called by its id', () => {
  const names = namesOn({ name: 'old', start: 'night_owl', agents: [{ name: 'night_owl', voice: 'native' }], edges: [] });
  expect(names.face('night_owl')).toEqual({ label: 'Night owl', role: '', colour: undefined });
  expect(names.face('day_owl').label).toBe('Day owl');
  expect(names.face(undefined).label).toBe('Our line');
  expect(names.tool('turn_dome').running).toBe('Looking into it');
  expect(names.calling('day_owl').failed).toBe('Couldn’t reach Day owl');
});

test('a callback that the engine offers has words on every line', () => {
  expect(namesOn(OBSERVATORY).tool('callback').done).toBe('Took down your callback');
});
