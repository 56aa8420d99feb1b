import { expect, it } from 'vitest';
import { clock, span } from '../../../../src/operate/call/durations';
import { hashOf, momentIn } from '../../../../src/operate/call/moment';
import { costText, money } from '../../../../src/operate/call/money';
import { around, fitting, NEAREST, tickEvery, ticksIn, zoomed } from '../../../../src/operate/call/scale';
import { columns, inSight } from '../../../../src/operate/call/thin';
import { outline } from '../../../../src/operate/call/wave';

it('A moment comes back out of its address', () => {
  expect(momentIn(hashOf(12.345))).toBe(12.35);
  expect(momentIn('#t=12.3')).toBe(12.3);
  for (const hash of ['', '#t=', '#t=-3', '#t=1e9', '#elsewhere']) expect(momentIn(hash)).toBeNull();
});

it('Times are read as people say them', () => {
  expect([clock(7.96), clock(750), clock(3723), clock(7.46, true), clock(-1)]).toEqual(['0:07', '12:30', '1:02:03', '0:07.4', '0:00']);
  expect([span(640.4), span(2450), span(12_340), span(80_000)]).toEqual(['640 ms', '2.45 s', '12.3 s', '1:20']);
});

it('What is not known is unknown, and never nothing', () => {
  expect([money(null, 'USD'), money('0.0312', 'USD'), money(0, 'USD'), money(12.5, null), money('x', 'USD')]).toEqual(['unknown', '0.0312 USD', '0.0000 USD', '12.50', 'unknown']);
  expect(costText({ amount: 1, currency: 'USD', unknown: ['m'] })).toBe('1.00 USD + ?');
});

it('One zooms between all of the call and 800 pixels a second', () => {
  expect(fitting(100, 500)).toBe(5);
  expect(zoomed(5, -1, 100, 500)).toBe(5);
  expect(zoomed(700, 3, 100, 500)).toBe(NEAREST);
});

it('The ruler’s times have room, and lie on their multiples', () => {
  expect(tickEvery(7) * 7).toBeGreaterThanOrEqual(84);
  expect(ticksIn({ from: 31, to: 62 }, 7)).toEqual([30, 45, 60]);
});

it('A little scrolling draws nothing anew, and what is in sight is always drawn', () => {
  expect(around(1000, 800, 10)).toEqual(around(1100, 800, 10));
  for (const left of [0, 399, 401, 5000]) {
    const { from, to } = around(left, 800, 10);
    expect(from).toBeLessThanOrEqual(left / 10);
    expect(to).toBeGreaterThanOrEqual((left + 800) / 10);
  }
});

it('What is too small to be told apart is one shape, but what is wrong is drawn for itself', () => {
  const spans = Array.from({ length: 1000 }, (_none, place) => ({ from: place, to: place + 0.5, tone: place === 501 ? 'alarm' : 'plain' }));
  const { large, small } = inSight(spans, { from: 0, to: 1000 }, 0.1);
  expect([large.map(({ from }) => from), small.length]).toEqual([[501], 999]);
  expect(columns(small, 0.1).split('M').length - 1).toBe(100);
});

it('Marks stand apart', () => {
  const marks = Array.from({ length: 1000 }, (_none, from) => ({ from, to: from, tone: 'plain' }));
  expect(inSight(marks, { from: 0, to: 1000 }, 0.1).large.length).toBeLessThanOrEqual(25);
});

it('Nothing out of sight is drawn', () => {
  const spans = [1, 5, 9].map((from) => ({ from, to: from + 1, tone: 'plain' }));
  expect(inSight(spans, { from: 4, to: 7 }, 100).large.map(({ from }) => from)).toEqual([5]);
});

it('A waveform is as loud as the loudest below each of its pixels, and only where it is wanted', () => {
  const peaks = [0, 0, 100, 0, 50, 0, 0, 0];
  const path = outline({ per_second: 1, peaks }, [{ from: 2, to: 6 }], { from: 0, to: 8 }, 2);
  expect(path).toBe('M4 -1L6 0L8 -0.5L10 0L10 0L8 0.5L6 0L4 1Z');
});
