import { expect, it } from 'vitest';
import { chronicleOf } from '../../../../src/operate/call/chronicle';
import { lanesOf } from '../../../../src/operate/call/lanes';
import { rowAt, rowsOf, stepFrom } from '../../../../src/operate/call/rows';
import type { LedgerEvent } from '../../../../src/operate/types';
import { story } from '../../../fixture/call/story';
import { agent, caller, made, turn } from './made';

const of = (events: LedgerEvent[]) => chronicleOf({ events, findings: [] }, undefined);
const laneOf = (events: LedgerEvent[], id: string) => {
  const told = of(events);
  const lane = lanesOf(told, told.length).find((each) => each.id === id);
  if (!lane) throw new Error(`no lane ${id}`);
  return lane;
};
const ANSWERED = { kind: 'answered', at: 0, line: 'support-line', agent: 'greeter', provider: 'azure', versions: {} };
const HANDOFF = [
  { kind: 'handoff_asked', at: 10, source: 'greeter', target: 'support' },
  { kind: 'handoff_done', at: 10.9, source: 'greeter', target: 'support', arrived_ms: 100, spoke_ms: 900, silence_ms: 412, socket_kept: true },
];

it('A kind that the page does not know is shown with all that it says, in the transcript and on the lanes', () => {
  const events = made(ANSWERED, { kind: 'constructor', at: 2, weather: 'rain', deep: { is: 1 } });
  const row = rowsOf(of(events), false).find(({ at }) => at === 2);
  expect(row).toMatchObject({ kind: 'note', note: { title: 'Constructor', text: 'weather: rain, deep: {"is":1}' } });
  expect(laneOf(events, 'events').spans.map(({ label }) => label)).toContain('Constructor');
});

it('An erased call claims of no turn that nobody answered it, and of no silence: what was said is gone', () => {
  const events = made(ANSWERED, { kind: 'turn', at: 5, agent: 'greeter', ended_at: 4, first_token_ms: 200, first_sound_ms: 300, interrupted_at: null, silence_ms: 300 }, { kind: 'ended', at: 20, reason: 'goodbye' });
  const claims = (told: LedgerEvent[]) => [
    rowsOf(of(told), false).filter(({ kind }) => kind === 'turn').length,
    of(told).silences.filter((silence) => silence.of === 'nobody').length,
  ];
  expect(claims(events)).toEqual([1, 1]);
  expect(claims([...events, ...made({ kind: 'erased', at: 0 })])).toEqual([0, 0]);
});

it('A call is no longer for the time that its recording takes to be stored', () => {
  const stage = (at: number, name: string) => ({ kind: 'recording', at, stage: name });
  const events = made(ANSWERED, stage(4, 'paused'), { kind: 'ended', at: 20, reason: 'goodbye' }, stage(26, 'stored'));
  expect(of(events).length).toBe(20);
  const ends = lanesOf(of(events), 20).flatMap(({ spans }) => spans).map(({ to }) => to);
  expect(Math.max(...ends)).toBe(20);
});

it('Events whose fields are missing, or of another kind, crash nothing', () => {
  const kinds = story.events.map(({ kind }) => kind);
  const bare = made(...kinds.map((kind, at) => ({ kind, at })));
  const odd = made(...kinds.map((kind, at) => ({ kind, at, agent: 7, text: null, units: [], versions: 'x', ms: 'soon', stage: {}, cost: 3 })));
  for (const events of [bare, odd]) {
    const told = of(events);
    expect(lanesOf(told, told.length).length).toBeGreaterThan(2);
    expect(rowsOf(told, true).length).toBeGreaterThan(10);
  }
});

it('A handoff’s silence is drawn where it was, to the millisecond', () => {
  const [silence] = laneOf(made(ANSWERED, ...HANDOFF), 'agent-support').spans.filter(({ kind }) => kind === 'handoff');
  expect(silence?.ms).toBe(412);
  expect(silence?.to).toBe(10.9);
  expect((silence?.to ?? 0) - (silence?.from ?? 0)).toBeCloseTo(0.412, 6);
});

it('An agent has the caller from when they arrived, until the next one did', () => {
  const events = made(ANSWERED, ...HANDOFF, { kind: 'ended', at: 20, reason: 'goodbye' });
  expect(laneOf(events, 'agent-greeter').held).toMatchObject([{ from: 0, to: 10.1 }]);
  expect(laneOf(events, 'agent-support').held).toMatchObject([{ from: 10.1, to: 20 }]);
});

it('A handoff that did not happen stays asked for', () => {
  const { handoffs } = of(made(ANSWERED, { kind: 'handoff_asked', at: 10, source: 'greeter', target: 'support' }));
  expect(handoffs).toMatchObject([{ done: false, silence: null }]);
});

it('A person has the caller from when they joined until they left, and their phone rang before', () => {
  const step = (at: number, stage: string) => ({ kind: 'person', at, agent: 'greeter', target: 'desk', stage, phone: 1 });
  const events = made(ANSWERED, step(5, 'called'), step(6, 'ringing'), step(9, 'answered'), step(10, 'accepted'), step(11, 'joined'), step(20, 'left'));
  const spans = laneOf(events, 'person-desk').spans.map(({ kind, from, to }) => [kind, from, to]);
  expect(spans).toEqual([['ringing', 5, 9], ['ringing', 9, 11], ['talk', 11, 20]]);
});

it('A tool that has not returned runs until now', () => {
  const events = made(ANSWERED, { kind: 'tool_called', at: 4, agent: 'greeter', tool: 'find_order', call_id: 'a', arguments: {} });
  const told = of(events);
  expect(lanesOf(told, 9).find(({ id }) => id === 'tools')?.spans).toMatchObject([{ from: 4, to: 9 }]);
});

it('Two tools of one name return each for itself', () => {
  const call = (at: number, call_id: string) => ({ kind: 'tool_called', at, agent: 'greeter', tool: 'find', call_id, arguments: { call_id } });
  const back = (at: number, call_id: string) => ({ kind: 'tool_returned', at, agent: 'greeter', tool: 'find', call_id, result: call_id, failed: call_id === 'b', ms: 100 });
  const { tools } = of(made(call(1, 'a'), call(2, 'b'), back(3, 'b'), back(4, 'a')));
  expect(tools.map(({ result, to, failed }) => [result, to, failed])).toEqual([['a', 4, false], ['b', 3, true]]);
});

it('An error lasts until its source has recovered', () => {
  const events = made({ kind: 'error', at: 4, source: 'livekit.plugins.openai.realtime.Model', message: 'APIError', recoverable: true }, { kind: 'recovered', at: 6, source: 'realtime', ms: 2000 });
  expect(of(events).troubles).toMatchObject([{ from: 4, to: 6, ms: 2000 }]);
});

it('Silence before an answer is dead air from two seconds on, and so is any in which nobody is heard', () => {
  const events = made(
    caller(3.2, 'x'), turn(5, 3, { first_sound_ms: 1900, silence_ms: 1900 }), agent(6, 'Answer here'),
    caller(10.1, 'y'), turn(14, 10, { first_sound_ms: 2600, silence_ms: 2600 }), agent(14, 'Second answer'),
  );
  const silences = of(events).silences.map(({ of: what, dead, ms }) => [what, dead, Math.round(ms)]);
  expect(silences).toEqual([['answer', false, 1900], ['nobody', true, 3933], ['answer', true, 2600]]);
});

it('A caller who was not answered has a row of their own, with all of the silence', () => {
  const told = of(made(caller(3.2, 'Hello?'), turn(8, 3)));
  expect(rowsOf(told, false)).toMatchObject([{ kind: 'said' }, { kind: 'turn', at: 3, turn: { silence: { ms: 5000 } } }]);
});

it('An answer carries the turn that it answers', () => {
  const events = made(caller(3.2, 'Hello?'), agent(6, 'Hello there.'), turn(6, 3, { first_sound_ms: 640, silence_ms: 640 }));
  const row = rowsOf(of(events), false).find((each) => each.kind === 'said' && each.speech.who === 'agent');
  expect(row).toMatchObject({ turn: { silence: { ms: 640 } } });
});

it('Rows are in the order of time, whatever order the ledger has them in', () => {
  const rows = rowsOf(of(story.events), true).map(({ at }) => at);
  expect(rows).toEqual(rows.toSorted((one, other) => one - other));
});

it('Usage is for those who ask for every event', () => {
  const events = made({ kind: 'used', at: 2, agent: 'greeter', work: 'answer', model: 'm', units: { text_in: 3 } });
  expect(rowsOf(of(events), false)).toEqual([]);
  expect(rowsOf(of(events), true)).toMatchObject([{ note: { text: 'text_in 3' } }]);
});

it('One steps from turn to turn, over tools and notes', () => {
  const rows = rowsOf(of(story.events), false);
  const first = stepFrom(rows, -1, 1);
  const second = stepFrom(rows, first ?? 0, 1) ?? 0;
  expect(rows[rowAt(rows, second)]?.kind).toBe('said');
  expect(stepFrom(rows, second, -1)).toBe(first);
  expect(stepFrom(rows, 10_000, 1)).toBeUndefined();
});

it('What is used accrues, and what has no price stands beside the sum of what has one', () => {
  const { accrued } = of(story.events);
  expect(accrued.at(-1)?.cost).toEqual({ amount: expect.closeTo(0.0665, 6) as number, currency: 'USD', unknown: ['sonic-3.5'] });
  expect(accrued.every(({ tokens }, place) => place === 0 || tokens >= (accrued[place - 1]?.tokens ?? 0))).toBe(true);
});

it('A pause of the recording is drawn since when nothing is kept', () => {
  const events = made({ kind: 'recording', at: 9, stage: 'paused', since: 7, reason: 'said' }, { kind: 'recording', at: 12, stage: 'resumed' });
  expect(laneOf(events, 'caller').spans).toMatchObject([{ kind: 'paused', from: 7, to: 12 }]);
});
