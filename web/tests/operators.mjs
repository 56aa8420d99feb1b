/** Takes the pictures of the operators' pages: `node tests/operators.mjs [directory [scene...]]`. Needs a Chromium (CHROMIUM=path). */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { CALLS, NOWS, operators } from './fixture/operators.mjs';

const OUT = process.argv[2] ?? '../docs/pictures';
const SIZES = {
  desktop: { width: 1440, height: 900 },
  wall: { width: 1920, height: 1080 },
  phone: { width: 360, height: 740 },
};
const ADA = { name: 'Ada Winter', role: 'supervisor', signed_out_at: null };

const SCENES = {
  'sign-in': { me: undefined },
  'sign-in-wrong': {
    me: undefined,
    then: async (page) => {
      await page.getByLabel('Password').fill('not this');
      await page.keyboard.press('Enter');
      await page.getByText('That is not the password.').waitFor();
    },
  },
  'sign-in-openid': { me: undefined, by: 'openid' },
  'sign-in-refused': { at: '/operate?refused=no_role', me: undefined, by: 'openid' },
  away: { before: (page) => page.route('**/operate/api/me', (route) => route.abort()) },
  now: {},
  'now-many': { now: 'many' },
  'now-quiet': { now: 'quiet' },
  'now-unmanned': { now: 'unmanned' },
  'now-gaps': {
    then: async (page, { feed }) => {
      const over = { ended_at: new Date().toISOString(), seq: 99 };
      for (const tile of NOWS.busy.calls.slice(1, 5)) feed.send('tile', { ...tile, ...over, outcome: 'goodbye' });
      feed.send('tile', { ...NOWS.busy.calls[0], agent: 'escalation', seq: 99 });
      await page.getByText('Over: said goodbye').first().waitFor();
    },
  },
  'now-cut': {
    then: async (page, { feed }) => {
      await page.route('**/operate/api/live', (route) => route.abort());
      feed.end();
      await page.getByText('Not connected').waitFor();
    },
  },
  account: { then: (page) => page.getByRole('button', { name: /account/ }).click() },
  calls: { at: '/operate/calls' },
  'calls-filtered': { at: '/operate/calls?line=support-line&rule=dead_air&q=writing%20desk&min_seconds=60', calls: [200, { calls: CALLS.slice(4, 9), next: null }] },
  'calls-none': { at: '/operate/calls?q=umbrella', calls: [200, { calls: [], next: null }] },
  'calls-empty': { at: '/operate/calls', calls: [200, { calls: [], next: null }] },
  'calls-refused': { at: '/operate/calls?from=soon', calls: [422, { error: { code: 'filter', message: 'from: a day or a time as in ISO 8601, such as 2026-11-27 or 2026-11-27T09:30Z' } }] },
  'calls-broken': { at: '/operate/calls', calls: [500, {}] },
  missing: { at: '/operate/nothing' },
};

const wanted = {};
const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error', plugins: [operators(wanted)] });
await server.listen();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

async function picture(name, size, colorScheme) {
  const scene = { me: ADA, ...SCENES[name] };
  for (const key of Object.keys(wanted)) delete wanted[key];
  Object.assign(wanted, scene);
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await scene.before?.(page);
  await page.goto(new URL(scene.at ?? '/operate', server.resolvedUrls.local[0]).href);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await scene.then?.(page, wanted);
  await page.waitForTimeout(500);
  await page.screenshot({ path: `${OUT}/operate-${name}-${size}-${colorScheme}.png` });
  const wide = await page.evaluate(() => window.document.documentElement.scrollWidth > window.innerWidth);
  if (wide) console.error(`${name} ${size}: wider than the window`);
  await context.close();
}

const names = process.argv.slice(3);
await mkdir(OUT, { recursive: true });
for (const name of names.length > 0 ? names : Object.keys(SCENES)) {
  for (const size of process.env.SIZES?.split(',') ?? ['desktop', 'phone']) {
    for (const scheme of process.env.SCHEMES?.split(',') ?? ['light', 'dark']) await picture(name, size, scheme);
  }
}
await browser.close();
await server.close();
