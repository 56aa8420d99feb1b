/** Takes the pictures of a call's page, and measures it: `node tests/call-pictures.mjs [directory [scene...]]`. Needs a Chromium. */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const OUT = process.argv[2] ?? '/tmp/call-pictures';
const DESKTOP = { width: 1280, height: 800 };
const WIDE = { width: 1920, height: 1080 };
const PHONE = { width: 390, height: 844 };

const SCENES = {
  rich: { query: '?scene=rich', hash: '#t=40.2' },
  whole: { query: '?scene=rich', press: ['f'] },
  near: { query: '?scene=rich', hash: '#t=13.2', press: ['+', '+', '+', '+', '+', '+'] },
  live: { query: '?scene=live' },
  long: { query: '?scene=long' },
  operator: { query: '?scene=rich&role=operator' },
  silent: { query: '?scene=silent' },
  storing: { query: '?scene=storing' },
  lost: { query: '?scene=lost' },
  failed: { query: '?scene=failed' },
  erased: { query: '?scene=erased' },
  erase: { query: '?scene=rich', click: 'Erase…' },
};

async function picture(browser, address, name, size, viewport, colorScheme) {
  const scene = SCENES[name];
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && console.error(`${name}: ${message.text()}`));
  await page.goto(`${address}${scene.query}${scene.hash ?? ''}`);
  await page.locator('.row').first().waitFor();
  for (const key of scene.press ?? []) await page.keyboard.press(key);
  if (scene.click) await page.getByRole('button', { name: scene.click }).click();
  await page.mouse.move(2, 2);
  await page.waitForTimeout(700);
  await page.screenshot({ path: `${OUT}/${name}-${size}-${colorScheme}.png`, fullPage: size === 'phone' && name === 'rich' });
  const wide = await page.evaluate(() => window.document.documentElement.scrollWidth > window.innerWidth);
  if (wide) console.error(`${name} ${size}: wider than the window`);
  await context.close();
}

const wanted = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(SCENES);
const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
await server.listen();
const address = new URL('/tests/fixture/call/index.html', server.resolvedUrls.local[0]).href;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});
await mkdir(OUT, { recursive: true });
for (const name of wanted) {
  for (const colorScheme of ['light', 'dark']) {
    await picture(browser, address, name, 'desktop', DESKTOP, colorScheme);
    await picture(browser, address, name, 'phone', PHONE, colorScheme);
  }
}
if (wanted.includes('rich')) await picture(browser, address, 'rich', 'wide', WIDE, 'dark');
await browser.close();
await server.close();
