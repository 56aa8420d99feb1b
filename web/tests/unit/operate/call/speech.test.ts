import { expect, it } from 'vitest';
import { fitted } from '../../../../src/operate/call/fit';
import { handoffsOf } from '../../../../src/operate/call/handoffs';
import { speakingIn, speechOf } from '../../../../src/operate/call/speech';
import { turnsOf } from '../../../../src/operate/call/turns';
import { wordAt, wordsOf } from '../../../../src/operate/call/words';
import type { LedgerEvent } from '../../../../src/operate/types';
import { agent, caller, made, turn } from './made';

const spoken = (events: LedgerEvent[]) => speechOf(events, turnsOf(events), handoffsOf(events));

it('An answer begins with its turn’s first sound, and ends when the ledger has it', () => {
  const said = spoken(made(caller(3.4, 'Hello?'), turn(6.1, 3, { first_sound_ms: 500 }), agent(6, 'Hello, how can I help?')));
  expect(said[1]).toMatchObject({ who: 'agent', from: 3.5, to: 6, exact: true });
});

it('A caller had finished when their turn says so, not when the transcript came', () => {
  const [said] = spoken(made(caller(3.4, 'Hello?'), turn(6.1, 3, { first_sound_ms: 500 })));
  expect(said?.to).toBe(3);
});

it('A sentence without a turn is as long as its words take, and says that it is estimated', () => {
  const [said] = spoken(made(agent(10, 'x'.repeat(30))));
  expect(said).toMatchObject({ from: 8, to: 10, exact: false });
});

it('A second sentence does not begin before the first was over', () => {
  const said = spoken(made(agent(10, 'x'.repeat(30)), agent(11, 'x'.repeat(60))));
  expect(said[1]).toMatchObject({ from: 10, to: 11 });
});

it('An answer that was spoken over ends where the caller began, and they began there', () => {
  const said = spoken(
    made(agent(9, 'This takes some time to say', { interrupted: true }), turn(9, 4, { first_sound_ms: 400, interrupted_at: 8.2 }),
      caller(11, 'Stop please stop'), turn(13, 10.4)),
  );
  expect(said[0]).toMatchObject({ from: 4.4, to: 8.2, interrupted: true });
  expect(said[1]).toMatchObject({ from: 8.2, to: 10.4, exact: true });
});

it('The next agent begins at the handoff’s first sound', () => {
  const said = spoken(
    made({ kind: 'handoff_asked', at: 5, source: 'greeter', target: 'support' },
      { kind: 'handoff_done', at: 5.4, source: 'greeter', target: 'support', arrived_ms: 90, spoke_ms: 400, silence_ms: 300, socket_kept: true },
      agent(7, 'Hello, this is support.', { agent: 'support' })),
  );
  expect(said[0]).toMatchObject({ name: 'support', from: 5.4, to: 7 });
});

it('Where an agent was heard to begin their sentence begins, and one who is heard still is told', () => {
  const speaks = (at: number) => ({ kind: 'speaks', at, agent: 'greeter' });
  const said = spoken(made(speaks(2.2), agent(4, 'x'.repeat(60)), speaks(5), agent(7, 'x'.repeat(60))));
  expect(said.map(({ from, exact }) => [from, exact])).toEqual([[2.2, true], [5, true]]);
  expect(speakingIn(made(speaks(2.2), agent(4, 'Hello.')))).toBeNull();
  expect(speakingIn(made(speaks(2.2), agent(4, 'Hello.'), speaks(5)))).toEqual({ agent: 'greeter', from: 5 });
});

it('Typed keys take no time', () => {
  const [said] = spoken(made(caller(3, '(typed on the keypad) ****')));
  expect(said).toMatchObject({ typed: true, from: 3, to: 3 });
});

it('Words for a wait begin when the ledger has them', () => {
  const [said] = spoken(made({ kind: 'filled', at: 3, agent: 'greeter', waits_for: 'tool', text: 'x'.repeat(30) }));
  expect(said).toMatchObject({ filler: true, from: 3, to: 5 });
});

it('Where a beginning was estimated, the recording tells it', () => {
  const peaks = Array.from({ length: 100 }, (_none, place) => (place >= 60 && place < 95 ? 50 : 0));
  const said = fitted(spoken(made(agent(10, 'x'.repeat(30)))), { agent: { per_second: 10, peaks } });
  expect(said[0]).toMatchObject({ from: 6, to: 9.5 });
});

it('A beginning that is known stays, whatever the recording has', () => {
  const events = made(turn(6.1, 3, { first_sound_ms: 500 }), agent(6, 'Hello, how can I help?'));
  const said = fitted(spoken(events), { agent: { per_second: 10, peaks: Array(60).fill(50) as number[] } });
  expect(said[0]).toMatchObject({ from: 3.5, to: 6 });
});

it('A word has its share of the letters as its share of the time', () => {
  expect(wordsOf({ text: 'aaa bbb ccc ddd', from: 10, to: 14 }).map(({ at }) => at)).toEqual([10, 11, 12, 13]);
});

it('Pauses of the recording are no part of any word', () => {
  const peaks = Array.from({ length: 40 }, (_none, place) => (place < 10 || place >= 30 ? 50 : 0));
  const words = wordsOf({ text: 'aaa bbb', from: 0, to: 4 }, { per_second: 10, peaks });
  expect(words.map(({ at }) => at)).toEqual([0, 3]);
});

it('The word that is said is the last that has begun', () => {
  const words = wordsOf({ text: 'aaa bbb', from: 0, to: 4 });
  expect([wordAt(words, -1), wordAt(words, 0), wordAt(words, 1.9), wordAt(words, 2)]).toEqual([-1, 0, 0, 1]);
});
