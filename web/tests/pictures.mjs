/** Takes the pictures of the page: `npm run pictures [directory [scene...|all]]`. Needs a Chromium (CHROMIUM=path). */
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const OUT = process.argv[2] ?? '../docs/pictures';
const SHOWN = ['idle', 'in-call', 'handoff', 'over', 'error-microphone', 'error-line-lost'];
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const LINE = {
  name: 'support-line',
  start: 'greeter',
  front: {
    brand: 'Fernway',
    tagline: 'Home goods, made to last',
    title: 'How can we help?',
    lead: 'Talk to us about an order, a delivery or a return. No queue, no menus: just say what you need.',
    topics: ['Where is my order?', 'I want to return something', 'I’d like to talk to a person'],
  },
  agents: [
    { name: 'greeter', label: 'Welcome desk', role: 'Finds the right colleague', colour: 'green', voice: 'native' },
    { name: 'support', label: 'Order support', role: 'Orders, deliveries, returns', colour: 'blue', voice: 'native' },
    { name: 'escalation', label: 'Customer care', role: 'Can bring in a person', colour: 'violet', voice: 'cartesia' },
    { name: 'shop_desk', label: 'Shop desk', role: 'Our people in the shop', colour: 'magenta', voice: 'person' },
  ],
  tools: [
    ['verify_caller', 'Checking who you are', 'Checked who you are', 'Couldn’t confirm who you are yet'],
    ['find_order', 'Looking up your order', 'Looked up your order', 'Couldn’t look up the order'],
    ['write_briefing', 'Writing notes for a colleague', 'Wrote notes for a colleague', 'Couldn’t write the notes'],
    ['list_callback_slots', 'Looking for a time to call you', 'Found times to call you', 'Couldn’t find a time'],
  ].map(([name, running, done, failed]) => ({ name, running, done, failed })),
  edges: [
    { from: 'greeter', to: 'support', announced: false },
    { from: 'greeter', to: 'escalation', announced: false },
    { from: 'support', to: 'greeter', announced: false },
    { from: 'support', to: 'escalation', announced: true },
    { from: 'escalation', to: 'support', announced: false },
    { from: 'escalation', to: 'shop_desk', announced: true },
  ],
};
const PASS = {
  id: 'call-1',
  line: 'support-line',
  server_url: 'ws://127.0.0.1:1',
  participant_token: 'token',
  resume_token: 'token',
  expires_in: 600,
};

/** What the line does in each picture. These run in the page; `stage.room` is the fake room. */
const join = () => {
  window.stage.room.agentJoins({ 'switchboard.agent': 'greeter', 'lk.agent.state': 'speaking' });
};
const sound = () => window.stage.room.agentSounds(window.stage.voice());
const greet = () => {
  const { room } = window.stage;
  room.agentSays('1', 'Hello, and welcome to Fernway. I’m an automated assistant. How can I help you today?');
};
const lookUp = () => {
  const { room } = window.stage;
  room.callerSaid('2', 'Hi, where is my order? The number is one zero zero four two.');
  room.event({ kind: 'handoff', from: 'greeter', to: 'support' });
  room.agentSets({ 'switchboard.agent': 'support' });
};
const ask = () => {
  const { room } = window.stage;
  room.agentSays('3', 'Great. And what’s the postcode?');
};
const verify = () => {
  const { room } = window.stage;
  room.callerSaid('4', 'SW1A 2AA');
};
const find = () => {
  const { room } = window.stage;
  room.event({ kind: 'tool_called', agent: 'support', tool: 'verify_caller', id: 'a', failed: false });
  room.event({ kind: 'tool_returned', agent: 'support', tool: 'verify_caller', id: 'a', failed: false });
  room.event({ kind: 'tool_called', agent: 'support', tool: 'find_order', id: 'b', failed: false });
};
const found = () => {
  const { room } = window.stage;
  room.event({ kind: 'tool_returned', agent: 'support', tool: 'find_order', id: 'b', failed: false });
  room.agentSays('5', 'I have it here: an oak writing desk. It was shipped yesterday with Parcelforce and should arrive tomorrow. Can I help you with anything else?');
};
const escalate = () => {
  const { room } = window.stage;
  room.callerSaid('6', 'I want to speak to a person.');
  room.agentSays('7', 'I’ll get a colleague who can decide this.');
};
const handOver = () => {
  const { room } = window.stage;
  room.event({ kind: 'handoff', from: 'support', to: 'escalation' });
  room.agentSets({ 'switchboard.agent': 'escalation' });
};
const escalated = () => {
  const { room } = window.stage;
  room.agentSays('8', 'I’m sorry for the trouble you’ve had. I can open an urgent ticket for a senior colleague, or have someone', true);
};

const writeOften = () => {
  const briefing = (id, kind) => window.stage.room.event({ kind, agent: 'escalation', tool: 'write_briefing', id, failed: false });
  for (let run = 0; run < 8; run += 1) {
    briefing(`w${run}`, 'tool_called');
    briefing(`w${run}`, 'tool_returned');
  }
};
const writeMore = () => {
  const { room } = window.stage;
  const event = { agent: 'escalation', tool: 'list_callback_slots', failed: false };
  for (const id of ['s1', 's2']) room.event({ kind: 'tool_called', id, ...event });
  room.event({ kind: 'tool_returned', id: 's1', ...event });
};

const callPerson = () => {
  const { room } = window.stage;
  room.agentSays('9', 'I’m calling a colleague for you. Please stay on the line.');
  room.event({ kind: 'person', person: 'shop_desk', state: 'called' });
};
const personTakesOver = () => {
  const { room } = window.stage;
  room.event({ kind: 'handoff', from: 'escalation', to: 'shop_desk' });
  room.agentSets({ 'switchboard.agent': 'shop_desk' });
};

const call = (page) => page.getByRole('button', { name: 'Call us now' }).click();
const when = (page, phase) => page.waitForSelector(`[data-phase=${phase}]`);

async function inCall(page, ...steps) {
  await call(page);
  await when(page, 'waiting');
  for (const step of [join, sound, greet, ...steps]) {
    await page.evaluate(step);
    await page.waitForTimeout(120);
  }
}

const SCENES = {
  idle: async () => undefined,
  calling: async (page) => {
    await page.route('**/calls', () => undefined);
    await call(page);
  },
  answered: (page) => inCall(page),
  'in-call': async (page) => {
    await inCall(page, lookUp, ask, verify, find);
    await page.evaluate(() => window.stage.room.agentSets({ 'lk.agent.state': 'thinking' }));
  },
  handoff: (page) => inCall(page, lookUp, ask, verify, find, found, escalate, handOver, escalated),
  person: (page) => inCall(page, lookUp, ask, verify, find, found, escalate, handOver, callPerson, personTakesOver),
  repeated: (page) => inCall(page, lookUp, ask, verify, find, found, escalate, handOver, writeOften, writeMore),
  keypad: async (page) => {
    await inCall(page, lookUp);
    await page.getByRole('button', { name: 'Keypad' }).click();
    for (const key of ['1', '0', '0', '4']) await page.getByRole('button', { name: `Key ${key}` }).click();
  },
  microphone: async (page) => {
    await inCall(page, lookUp);
    await page.getByRole('button', { name: 'Mic settings' }).click();
  },
  over: async (page) => {
    await inCall(page, lookUp, ask, verify, find, found);
    await page.evaluate(() => window.stage.room.event({ kind: 'ended', reason: 'goodbye' }));
    await page.evaluate(() => window.stage.room.cut(5));
  },
  resume: async (page) => {
    await inCall(page);
    await page.reload();
  },
  'error-microphone': async (page) => {
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await inCall(page, lookUp);
  },
  'error-no-microphone': async (page) => {
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotFoundError'));
    });
    await inCall(page);
  },
  'error-connection': async (page) => {
    await inCall(page, lookUp, ask, verify, find, found);
    await page.evaluate(() => window.stage.room.emit('reconnecting'));
  },
  'error-restored': async (page) => {
    await inCall(page, lookUp, ask, verify, find, found);
    await page.evaluate(() => window.stage.room.emit('reconnected'));
  },
  'error-line-lost': async (page) => {
    await inCall(page, lookUp, ask, verify, find, found);
    await page.evaluate(() => window.stage.room.agentLeaves());
    await when(page, 'lost');
  },
  'error-busy': (page) => refused(page, 503),
  'error-too-many': (page) => refused(page, 429, { 'retry-after': '30' }),
  'error-no-server': async (page) => {
    await page.route('**/calls', (route) => route.abort());
    await call(page);
    await page.getByRole('alert').waitFor();
  },
  'error-no-agent': async (page) => {
    await call(page);
    await page.getByRole('alert').waitFor({ timeout: 15_000 });
  },
};

async function refused(page, status, headers = {}) {
  const body = JSON.stringify({ error: { code: 'refused', message: 'No.' } });
  await page.route('**/calls', (route) => route.fulfill({ status, headers, body }));
  await call(page);
  await page.getByRole('alert').waitFor();
}

async function picture(browser, address, name, viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, permissions: ['microphone'], deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.route('**/lines', (route) => route.fulfill({ json: [LINE] }));
  await page.route('**/calls', (route) => route.fulfill({ status: 201, json: PASS }));
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await SCENES[name](page);
  await page.mouse.move(2, 2);
  await page.waitForTimeout(900);
  const size = viewport === PHONE ? 'phone' : 'desktop';
  await page.screenshot({ path: `${OUT}/${name}-${size}-${colorScheme}.png` });
  const wide = await page.evaluate(() => window.document.documentElement.scrollWidth > window.innerWidth);
  if (wide) console.error(`${name} ${size}: wider than the window`);
  await context.close();
}

const named = process.argv.slice(3);
const wanted = named[0] === 'all' ? Object.keys(SCENES) : named.length > 0 ? named : SHOWN;
const server = await createServer({ server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
await server.listen();
const address = new URL('/tests/fixture/index.html', server.resolvedUrls.local[0]).href;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
});
await mkdir(OUT, { recursive: true });
for (const name of wanted) {
  for (const viewport of [DESKTOP, PHONE]) {
    for (const colorScheme of ['light', 'dark']) await picture(browser, address, name, viewport, colorScheme);
  }
}
await browser.close();
await server.close();
