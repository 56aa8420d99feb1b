/**
 * The whole page, on a fake room and a fake web app.
 * @vitest-environment jsdom
 */
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ConnectionError, DisconnectReason, ParticipantKind, RoomEvent } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from '../../src/app';
import { Call } from '../../src/call/call';
import type { Calls, Pass } from '../../src/call/calls';
import type { Microphone } from '../../src/call/microphone';
import { ProblemError } from '../../src/call/problem';
import { Outbox, typed } from '../../src/call/outbox';
import { keptCall } from '../../src/call/kept';
import { FakeRoom } from '../fixture/fakeRoom';
import './setup';

vi.mock('livekit-client', async (original) => ({ ...(await original<object>()), isBrowserSupported: () => true }));

const LINE = {
  name: 'support-line',
  start: 'greeter',
  agents: [
    { name: 'greeter', label: 'Welcome desk', voice: 'native' },
    { name: 'support', label: 'Order support', voice: 'native' },
  ],
  edges: [{ from: 'greeter', to: 'support', announced: false }],
  tools: [{ name: 'find_order', running: 'Looking up your order', done: 'Looked up your order', failed: 'Couldn’t look up the order' }],
};
const PASS: Pass = {
  id: 'call-1',
  line: 'support-line',
  server_url: 'ws://livekit.test',
  participant_token: 'token',
  resume_token: 'token-1',
  expires_in: 600,
};
const GREETER = { 'switchboard.agent': 'greeter', 'lk.agent.state': 'listening' };

const calls = { ask: vi.fn<Calls['ask']>(), resume: vi.fn<Calls['resume']>(), end: vi.fn<Calls['end']>() };
const microphone = vi.fn<() => Promise<Microphone>>();
const PATIENCE = { answer: 60_000, absence: 20, farewell: 60_000 };
let room: FakeRoom;

beforeEach(() => {
  sessionStorage.clear();
  vi.clearAllMocks();
  calls.ask.mockResolvedValue(PASS);
  calls.resume.mockResolvedValue({ ...PASS, resume_token: 'token-2' });
  calls.end.mockResolvedValue();
  microphone.mockResolvedValue('refused');
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json([LINE])));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(prepare: (room: FakeRoom) => void = () => undefined, patience = PATIENCE): void {
  const createRoom = () => {
    room = new FakeRoom();
    prepare(room);
    return room;
  };
  const call = new Call({ calls, kept: keptCall, outbox: new Outbox(typed), createRoom, openMicrophone: microphone, patience }, undefined);
  render(<App call={call} base="http://shop.test/" line={undefined} />);
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const alertSays = (words: string) => waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(words));
const press = (name: string | RegExp) => userEvent.click(screen.getByRole('button', { name }));
const phase = (name: string) => waitFor(() => expect(document.querySelector(`[data-phase=${name}]`)).not.toBeNull());
const title = (name: string) => screen.findByRole('heading', { level: 1, name });

async function talk(how = 'Type instead'): Promise<void> {
  open();
  await press(how);
  await phase('waiting');
  act(() => room.agentJoins(GREETER));
  await phase('live');
}

test('a caller who types is asked for no microphone, and is active at once', async () => {
  await talk();
  expect(microphone).not.toHaveBeenCalled();
  expect(room.packets).toEqual(['switchboard.arrived']);
});

test('the call is asked for before the microphone is there', async () => {
  microphone.mockReturnValue(new Promise(() => undefined));
  open();
  await press('Call us now');
  expect(calls.ask).toHaveBeenCalledOnce();
});

test('without a microphone the call goes on by typing', async () => {
  await talk('Call us now');
  await alertSays('Your microphone is blocked');
  await userEvent.type(screen.getByLabelText('Type a message'), 'Where is my order?{Enter}');
  expect(room.sent).toEqual([{ text: 'Where is my order?', topic: 'lk.chat', to: ['agent-1'], id: expect.any(String) as string }]);
  expect(within(screen.getByRole('log')).getByText('Where is my order?')).toBeTruthy();
});

test('both sides are shown, by agent, and the graph follows the handoff', async () => {
  await talk();
  act(() => room.agentSays('1', 'Welcome to Fernway.'));
  await screen.findAllByText('Welcome to Fernway.');
  act(() => room.callerSaid('2', 'Where is my order?'));
  await screen.findAllByText('Where is my order?');
  act(() => room.event({ kind: 'handoff', from: 'greeter', to: 'support' }));
  await title('Order support');
  act(() => room.agentSays('3', 'What is its number?'));
  await screen.findAllByText('What is its number?');
  const lines = [...document.querySelectorAll('.said')].map((line) => line.textContent);
  expect(lines).toEqual(['Welcome deskWelcome to Fernway.', 'YouWhere is my order?', 'Order supportWhat is its number?']);
  expect(document.querySelector('[aria-current]')?.textContent).toBe('Order support, with you now');
});

test('tools are shown by what they do for the caller', async () => {
  await talk();
  const event = { agent: 'support', tool: 'find_order', id: 'a', failed: false };
  act(() => room.event({ kind: 'tool_called', ...event }));
  expect(await within(screen.getByRole('log')).findByText('Looking up your order…', { exact: false })).toBeTruthy();
  act(() => room.event({ kind: 'tool_returned', ...event }));
  expect(await within(screen.getByRole('log')).findByText('Looked up your order')).toBeTruthy();
});

test('a tool that is called again and again is one line with a count, which grows', async () => {
  await talk();
  const event = { agent: 'support', tool: 'find_order', failed: false };
  const log = within(screen.getByRole('log'));
  for (const id of ['a', 'b', 'c']) {
    act(() => room.event({ kind: 'tool_called', id, ...event }));
    await log.findByText('Looking up your order…', { exact: false });
    act(() => room.event({ kind: 'tool_returned', id, ...event }));
    await log.findByText('Looked up your order', { exact: false });
  }
  expect(log.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['Looked up your order · 3 times']);
  const spoken = within(screen.getByTestId('spoken'));
  expect(spoken.getByText('Looked up your order, 3 times')).toBeTruthy();
  act(() => room.event({ kind: 'tool_called', id: 'd', ...event }));
  expect(await log.findByText('Looking up your order… · 4 times')).toBeTruthy();
  expect(spoken.queryByText('Looking up', { exact: false })).toBeNull();
});

test('events of somebody who is no agent are not believed', async () => {
  await talk();
  room.joins('stranger', ParticipantKind.STANDARD);
  act(() => void room.stream('switchboard.events', 'stranger', ['{"kind":"handoff","from":"greeter","to":"support"}']));
  await act(() => Promise.resolve());
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Welcome desk');
});

test('keys are sent as tones, pressed or typed', async () => {
  await talk();
  await press('Keypad');
  await press('Key star');
  await userEvent.keyboard('5');
  expect(room.pressed).toEqual([
    [10, '*'],
    [5, '5'],
  ]);
});

test('hanging up ends the call and forgets its resume token', async () => {
  await talk();
  await press('Hang up');
  await title('The call has ended');
  expect(calls.end).toHaveBeenCalledWith('token-1');
  expect(keptCall.load()).toBeUndefined();
});

test('a call that the line ended says why', async () => {
  await talk();
  act(() => room.event({ kind: 'ended', reason: 'silence' }));
  await act(() => Promise.resolve());
  act(() => room.cut(DisconnectReason.ROOM_DELETED));
  await title('The call has ended');
  expect(screen.getByText(/could not hear you/)).toBeTruthy();
});

test('a reloaded page continues the call by its resume token', async () => {
  keptCall.save({ token: 'token-1', line: 'support-line', serverUrl: 'ws://livekit.test' });
  open();
  await press('Continue the call');
  await phase('waiting');
  expect(calls.resume).toHaveBeenCalledWith('token-1', false, expect.any(String));
  expect(keptCall.load()?.token).toBe('token-2');
});

test('a new call in place of an open one ends that one', async () => {
  keptCall.save({ token: 'old', line: 'support-line', serverUrl: 'ws://livekit.test' });
  open();
  await press('Start a new call');
  await phase('waiting');
  expect(calls.end).toHaveBeenCalledWith('old');
});

test('a call whose token is not known any more is over', async () => {
  keptCall.save({ token: 'old', line: 'support-line', serverUrl: 'ws://livekit.test' });
  calls.resume.mockRejectedValue(new ProblemError({ kind: 'gone' }));
  open();
  await press('Continue the call');
  await alertSays('That call is over');
  expect(screen.getByRole('button', { name: 'Call us now' })).toBeTruthy();
});

test('when an agent vanishes the call goes on in a fresh room', async () => {
  await talk();
  act(() => room.agentSays('1', 'Welcome to Fernway.'));
  act(() => room.agentLeaves());
  await phase('waiting');
  expect(calls.resume).toHaveBeenCalledWith('token-1', true, expect.any(String));
  expect(within(screen.getByRole('log')).getByText('Welcome to Fernway.')).toBeTruthy();
});

test('a connection that is lost and restored is told', async () => {
  await talk();
  act(() => void room.emit(RoomEvent.Reconnecting));
  expect(screen.getByRole('alert')).toHaveTextContent('Connection lost');
  act(() => void room.emit(RoomEvent.Reconnected));
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByText('You’re connected again')).toBeTruthy();
});

test('nobody picks up', async () => {
  open(undefined, { ...PATIENCE, answer: 20 });
  await press('Type instead');
  await alertSays('Nobody picked up');
  expect(calls.end).toHaveBeenCalledWith('token-1');
});

test('an expired token leads to a new one by the resume token', async () => {
  open((made) => (made.refusal = ConnectionError.notAllowed('expired', 401)));
  await press('Type instead');
  await alertSays('That took too long');
  await press('Continue the call');
  expect(calls.resume).toHaveBeenCalledWith('token-1', false, expect.any(String));
});

test.each([
  ['busy', 'All lines are busy'],
  ['tooMany', 'You can call again in 30 seconds'],
  ['unreachable', 'We can’t be reached'],
] as const)('a call that is refused (%s) says so and can be tried again', async (kind, words) => {
  calls.ask.mockRejectedValueOnce(new ProblemError({ kind, retryAfter: 30 }));
  open();
  await press('Call us now');
  await alertSays(words);
  await press('Call us now');
  await phase('waiting');
});

test('a microphone that comes after the caller hung up is let go', async () => {
  const stop = vi.fn();
  const coming = deferred<Microphone>();
  microphone.mockReturnValue(coming.promise);
  calls.ask.mockReturnValue(new Promise(() => undefined));
  open();
  await press('Call us now');
  await press('Hang up');
  coming.resolve({ stop } as unknown as Microphone);
  await waitFor(() => expect(stop).toHaveBeenCalledOnce());
});
