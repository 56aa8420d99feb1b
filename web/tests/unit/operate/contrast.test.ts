/** Every colour that words are written in can be read (WCAG 2 AA, 4.5 to 1) on each surface that it stands on, by day and by night. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COLOURS } from '../../../src/operate/colours';

const LEAST = 4.5;
const PAIR = /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g;
const pairsOf = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(PAIR)].map(([, name = '', light = '', dark = '']) => [name, { light, dark }] as const);
const TOKENS = new Map([...pairsOf('src/operate/styles/theme.css'), ...pairsOf('src/styles/palette.css')]);

/** The callers' surfaces: by day, and then by night. */
const [DAY = '', NIGHT = ''] = readFileSync('src/styles/theme.css', 'utf8').split('@media');
const callers = (name: string, scheme: 'light' | 'dark') =>
  new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(scheme === 'light' ? DAY : NIGHT)?.[1] ?? expect.fail(`no surface ${name}`);

const SURFACES = ['paper', 'sunken', 'card', 'raised', 'hover'];
const AGENTS = COLOURS.map((name) => `agent-${name}`);
const WRITTEN: [words: string[], on: string[]][] = [
  [['ink', 'ink-soft', 'leaf'], [...SURFACES, 'leaf-soft']],
  [['alarm'], ['card', 'paper', 'alarm-soft']],
  [['ink', 'ink-soft'], ['alarm-soft', 'warn-soft']],
  [['warn'], ['card', 'paper', 'warn-soft']],
  [['caller-voice', 'person-voice', 'tool', ...AGENTS], SURFACES],
  [AGENTS, ['alarm-soft']],
  [['on-agent'], AGENTS],
  [['on-leaf'], ['leaf', 'leaf-strong']],
  [['on-alarm'], ['alarm']],
  [['on-warn'], ['warn']],
];

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => {
    const share = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const colour = (name: string, scheme: 'light' | 'dark') => TOKENS.get(name)?.[scheme] ?? expect.fail(`no colour ${name}`);

it.each(['light', 'dark'] as const)('Words can be read in the %s colours', (scheme) => {
  const faint = WRITTEN.flatMap(([words, surfaces]) =>
    words.flatMap((word) =>
      surfaces
        .map((surface) => ({ word, surface, is: contrast(colour(word, scheme), colour(surface, scheme)) }))
        .filter(({ is }) => is < LEAST),
    ),
  );
  expect(faint).toEqual([]);
});

it.each(['light', 'dark'] as const)('Agents can be told apart and read on the page of callers in the %s colours', (scheme) => {
  const surfaces = ['paper', 'card', 'sunken'].map((name) => callers(name, scheme));
  const faint = AGENTS.filter((agent) => surfaces.some((surface) => contrast(colour(agent, scheme), surface) < LEAST));
  expect(faint).toEqual([]);
  expect(new Set(AGENTS.map((agent) => colour(agent, scheme))).size).toBe(8);
});

it('Contrast is reckoned as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
