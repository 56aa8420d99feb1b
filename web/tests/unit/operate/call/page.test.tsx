// @vitest-environment jsdom
import '../../setup';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Api } from '../../../../src/operate/api';
import { CallPage } from '../../../../src/operate/call/CallPage';
import type { CallStory, Role } from '../../../../src/operate/types';
import { choices, lost, story, storing } from '../../../fixture/call/story';

const ID = story.call.id;

class MadeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** A feed that says nothing. */
class MadeSource extends EventTarget {
  close() {}
}

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', MadeObserver);
  vi.stubGlobal('EventSource', MadeSource);
  Element.prototype.scrollTo = () => undefined;
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue(undefined);
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockReturnValue(undefined);
});
afterEach(() => {
  cleanup();
  history.replaceState(null, '', '/');
});

function open(role: Role = 'admin', told: CallStory = story) {
  const asked: string[] = [];
  let erased = false;
  const api = new Api('http://localhost/', (input, init) => {
    const path = new URL(input as string).pathname;
    asked.push(`${init?.method ?? 'GET'} ${path}`);
    if (init?.method === 'DELETE') {
      erased = true;
      return Promise.resolve(new Response(null, { status: 204 }));
    }
    if (path.endsWith('choices')) return Promise.resolve(Response.json(choices));
    if (path.endsWith('peaks.json')) return Promise.resolve(Response.json({ per_second: 10, peaks: [] }));
    return Promise.resolve(erased ? new Response('{}', { status: 404 }) : Response.json(told));
  });
  render(<CallPage id={ID} api={api} me={{ name: 'Robin', role, signed_out_at: null }} />);
  return { asked };
}

/** By its name, without asking for the roles of a thousand elements. */
const named = (name: string) => [...document.querySelectorAll('button')].find((each) => (each.ariaLabel ?? each.textContent) === name);
const button = (name: string) => vi.waitFor(() => named(name) ?? expect.fail(`no button ${name}`));
const press = async (name: string) => fireEvent.click(await button(name));

const position = () => Number(document.querySelector<HTMLElement>('.player-position')?.dataset['position']);
const word = async (text: string) => (await screen.findAllByText(text, { selector: '[data-at]' }))[0] as HTMLElement;

it('A click on a word plays from there', async () => {
  open();
  const clicked = await word('Nobody');
  const row = clicked.closest('.row');
  fireEvent.click(clicked);
  expect(position()).toBe(Math.floor(Number(clicked.dataset['at']) * 10) / 10);
  expect(named('Pause')).toBeDefined();
  expect(row).toHaveAttribute('aria-current', 'true');
});

it('The address names a moment, and the page opens there', async () => {
  history.replaceState(null, '', '/#t=42.6');
  open();
  await word('Hello,');
  expect(position()).toBe(42.6);
});

it('The keyboard goes from turn to turn, and plays', async () => {
  open();
  await word('Hello,');
  for (const key of ['j', 'j', 'ArrowRight', 'k']) fireEvent.keyDown(document.body, { key });
  const second = document.querySelector('.row[aria-current]');
  expect(second).toHaveTextContent('where is my order');
  fireEvent.keyDown(document.body, { key: ' ' });
  expect(named('Pause')).toBeDefined();
});

it('An operator reads why they cannot hear it, and asks for no recording', async () => {
  const { asked } = open('operator');
  expect(await screen.findByText(/Operators may not hear recordings/)).toBeInTheDocument();
  expect(named('Play')).toBeDisabled();
  expect(named('Erase…')).toBeUndefined();
  expect(asked.filter((path) => path.includes('recording'))).toEqual([]);
});

const recorded = (...stages: string[]) =>
  stages.map((stage, index) => ({ kind: 'recording', seq: 900 + index, at: 1, wall: null, stage, lanes: [] }));
const others = story.events.filter(({ kind }) => kind !== 'recording');

it.each([
  ['it was not recorded', [], true, 'This call was not recorded.'],
  ['it is being stored', ['began'], false, 'The recording is being stored…'],
  ['storing it has failed', ['began', 'failed'], false, 'This call was recorded, but its recording could not be stored.'],
  ['it was never stored', ['began'], true, 'This call was recorded, but its recording could not be stored.'],
  ['the storage is away', ['began', 'stored'], true, 'The storage does not give the recording now.'],
])('A call without sound says why: %s', async (_why, stages, settled, text) => {
  open('supervisor', { ...storing, settled, events: [...others, ...recorded(...stages)] });
  expect(await screen.findByText(text)).toBeInTheDocument();
  expect(named('Play')).toBeDisabled();
});

it('A call whose worker is gone is lost, and neither live nor heard', async () => {
  open('supervisor', lost(38));
  expect(await screen.findByText('its worker was lost')).toBeInTheDocument();
  expect(screen.queryByText('Live')).toBeNull();
  expect(screen.getByText('This call was recorded, but its recording could not be stored.')).toBeInTheDocument();
});

it('A supervisor hears, and erases nothing', async () => {
  const { asked } = open('supervisor');
  expect(await button('Play')).toBeEnabled();
  expect(named('Erase…')).toBeUndefined();
  await vi.waitFor(() => expect(asked.filter((path) => path.endsWith('peaks.json')).length).toBe(3));
});

it('An admin is told what goes, and only then it goes', async () => {
  const { asked } = open('admin');
  await press('Erase…');
  expect(screen.getByText('the recording (caller, agent, person)')).toBeInTheDocument();
  expect(asked.some((path) => path.startsWith('DELETE'))).toBe(false);
  await press('Erase for good');
  expect(await screen.findByText(/This call has been erased/)).toBeInTheDocument();
  expect(asked.filter((path) => path.startsWith('DELETE'))).toEqual([`DELETE /operate/api/calls/${ID}`]);
});

it('A call that has been erased says so, and cannot be erased again', async () => {
  open('admin', { ...story, events: [{ kind: 'erased', seq: 0, at: 0, wall: '2026-11-27T15:00:00Z' }, ...story.events] });
  expect((await screen.findAllByText(/has been erased/)).length).toBe(1);
  expect(named('Erase…')).toBeUndefined();
  expect(screen.queryByText('Save as a scenario')).toBeNull();
});

it('Exports are links to both files, and to a scenario', async () => {
  open();
  expect(await screen.findByText('JSON')).toHaveAttribute('href', `http://localhost/operate/api/calls/${ID}/export.json`);
  expect(screen.getByText('HTML')).toHaveAttribute('href', `http://localhost/operate/api/calls/${ID}/export.html`);
  expect(screen.getByText('Save as a scenario')).toHaveAttribute('href', `http://localhost/operate/api/calls/${ID}/scenario.yaml`);
});

it('A handoff’s silence is drawn as wide as it was long', async () => {
  open();
  await word('Hello,');
  const drawn = document.querySelector<HTMLElement>('.lane[data-kind=voice] [data-silence=handoff]');
  const scale = Number(document.querySelector<HTMLElement>('.lanes-scroll')?.dataset['scale']);
  expect(drawn?.dataset['ms']).toBe('412');
  expect(Number.parseFloat(drawn?.style.width ?? '')).toBeCloseTo(0.412 * scale, 6);
  expect(Number.parseFloat(drawn?.style.left ?? '')).toBeCloseTo((13.372 - 0.412) * scale, 6);
});

it('A muted lane is muted, and says so', async () => {
  open();
  const caller = await button('Caller');
  expect(caller).toHaveAttribute('aria-pressed', 'true');
  fireEvent.click(caller);
  expect(caller).toHaveAttribute('aria-pressed', 'false');
});

it('A cost that is not wholly known says so', async () => {
  open();
  await word('Hello,');
  expect(screen.getByText('No price for sonic-3.5.')).toBeInTheDocument();
  expect(screen.getAllByText('0.0665 USD + ?').length).toBeGreaterThan(0);
});

it('A call that is not there says so', async () => {
  const api = new Api('http://localhost/', () => Promise.resolve(new Response('{}', { status: 404 })));
  render(<CallPage id="gone" api={api} me={{ name: 'Robin', role: 'admin', signed_out_at: null }} />);
  expect(await screen.findByText(/There is no such call/)).toBeInTheDocument();
});
