/** Every word of the operators' frame, *Now* and *Calls*. */
import type { Refusal } from './api';
import type { Doing } from './types';
import { count, sentence, words } from './words';

export const texts = {
  brand: 'Switchboard',
  title: 'Operators',
  skip: 'Skip to the page',
  pages: { now: 'Now', calls: 'Calls', call: 'A call', missing: 'Nothing here' },
  navigation: 'Pages',
  missing: 'There is no page at this address.',
  again: 'Try again',

  gate: {
    asking: 'One moment…',
    waiting: 'This page tries again by itself.',
  },

  signIn: {
    titles: { nobody: 'Sign in', expired: 'Your session has ended', left: 'You are signed out' },
    leads: {
      password: 'The password was printed when Switchboard started.',
      openid: 'You sign in with the account of your company.',
    },
    refused: 'You could not be signed in',
    password: 'Password',
    send: 'Sign in',
    elsewhere: 'Sign in',
    wrong: 'That is not the password.',
  },

  account: {
    open: (name: string, role: string) => `${name}, ${role}: account`,
    theme: 'Colours',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    signOut: 'Sign out',
  },

  roles: {
    operator: { name: 'Operator', may: 'sees calls; numbers of callers are hidden.' },
    supervisor: { name: 'Supervisor', may: 'sees calls in full and hears recordings.' },
    admin: { name: 'Admin', may: 'sees and hears calls, and erases them.' },
  },

  noNumber: 'No number',
  who: { caller: 'Caller', agent: 'Agent', person: 'Person' },
  doing: {
    listening: 'Listening',
    thinking: 'Thinking',
    speaking: 'Speaking',
    'in a tool': 'In a tool',
    'ringing a person': 'Ringing a person',
    'with a person': 'With a person',
    lost: 'Lost',
  } satisfies Record<Doing, string>,

  calls: {
    caption: 'Calls, the newest first',
    found: (calls: number) => (calls === 1 ? '1 call is shown' : `${calls} calls are shown`),
    refresh: 'Refresh',
    any: 'Any',
    clear: 'Clear the filter',
    fold: (set: number) => (set === 0 ? 'Filter' : `Filter: ${set} set`),
    filters: {
      q: 'Search what was said',
      line: 'Line',
      agent: 'Agent',
      outcome: 'How it ended',
      rule: 'Rule that struck',
      from: 'Started from',
      to: 'Started before',
      min_seconds: 'Seconds, at least',
      max_seconds: 'Seconds, at most',
      min_cost: 'Cost, at least',
      max_cost: 'Cost, at most',
    },
    columns: {
      started: 'Started',
      agent: 'Last with',
      line: 'Line',
      caller: 'Caller',
      length: 'Length',
      outcome: 'How it ended',
      rules: 'Rules that struck',
      firstSound: 'First sound',
      cost: 'Cost',
    },
    among: (names: string) => `, among ${names}`,
    unknown: 'unknown',
    none: {
      yet: { title: 'No calls yet', text: 'Every call is kept here from the moment it comes in.' },
      fits: { title: 'No call fits', text: 'No call has all that the filter asks for.' },
    },
    paging: 'More calls',
    newest: 'Newest calls',
    older: 'Older calls',
    oldest: 'These are the oldest.',
    keys: 'Keys: / searches, j and k go from call to call, Enter opens one, r reads the list again.',
  },

  now: {
    calls: 'Calls now',
    alarms: 'Alarms',
    links: { connecting: 'Connecting…', live: 'Live', cut: 'Not connected' },
    cut: (time: string) => `Not connected. As it was at ${time}`,
    nobody: 'Nobody yet',
    nothingSaid: 'Nothing said yet',
    over: (how: string | null) => (how === null ? 'Over' : `Over: ${how.toLowerCase()}`),
    workerGone: 'The worker that had this call is gone.',
    side: 'Lines, workers and endings',
    moreAlarms: (more: number) => `+${more}`,
    noAlarms: 'Nothing is wrong with the calls that run.',
    moreAlarmed: (calls: number) => `and ${calls} more`,
    quiet: 'No calls now',
    quietMore: 'The next one appears here as soon as it comes in.',
    line: (name: string) => `Line ${name}`,
    callsWord: (calls: number) => (calls === 1 ? 'call' : 'calls'),
    workers: 'Workers',
    noWorkers: 'No worker: nobody would answer a call.',
    gone: (length: string) => `silent for ${length}`,
    full: (calls: number, most: number) => `${calls} of ${most}`,
    endings: 'How calls ended today',
    noEndings: 'None has ended yet.',
    figures: {
      now: 'Calls now',
      alarmed: (calls: number) => (calls === 0 ? 'no alarms' : calls === 1 ? '1 with an alarm' : `${calls} with alarms`),
      today: 'Today',
      answered: (answered: number, calls: number) =>
        calls === 0 ? 'no calls yet' : answered === calls ? 'all answered' : `${count(answered)} answered`,
      busy: 'Busy',
      turnedAway: 'turned away',
      toPerson: 'To a person',
      share: (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((100 * part) / whole)} % of answered`),
      firstSound: 'First sound, median',
      p95: (time: string) => `95 % within ${time}`,
      cost: 'Cost',
      unknown: 'unknown',
      unknownCost: (calls: number) =>
        calls === 0 ? 'all known' : calls === 1 ? '1 call unknown' : `${count(calls)} calls unknown`,
    },
  },
};

/** Why somebody was not signed in, by the server's code. */
const REFUSED: Record<string, string> = {
  no_role: 'You are known, but have no role here. Ask whoever gives out roles, or sign in with another account.',
  sign_in_down: 'Your company’s sign-in does not answer. Try again in a moment.',
  too_many_requests: 'There were too many tries. Try again in a minute.',
  database_down: 'Switchboard’s database does not answer. Try again in a moment.',
};

export function whyRefused(code: string): string {
  return REFUSED[code] ?? 'The way back from your company’s sign-in was not complete, or took too long. Begin once more.';
}

/** Why a call ended. */
const ENDINGS: Record<string, string> = {
  running: 'Still running',
  goodbye: 'Said goodbye',
  caller_left: 'Caller hung up',
  nobody_came: 'Nobody came',
  silence: 'Caller was silent',
  maximum_length: 'Too long',
  maximum_cost: 'Too costly',
  transferred: 'To a person',
  callback: 'Callback agreed',
  unserved: 'Not served',
  error: 'Failed',
  stopped: 'Stopped',
  moved: 'Moved on',
  lost: 'Lost',
};

export const OUTCOMES = Object.keys(ENDINGS);

export function outcomeText(outcome: string): string {
  return ENDINGS[outcome] ?? sentence(words(outcome));
}

export function doingText(doing: Doing, tool: string | null): string {
  return doing === 'in a tool' && tool ? sentence(words(tool)) : texts.doing[doing];
}

interface RefusalText {
  title: string;
  text: string;
}

const REFUSALS: Record<Refusal['kind'], RefusalText> = {
  'signed out': { title: 'You are not signed in', text: 'Sign in to see this page.' },
  forbidden: { title: 'Not for your account', text: 'Your account has no role that may see this. Ask your admin for one.' },
  missing: { title: 'Nothing here', text: 'It does not exist, or was erased.' },
  'not allowed': { title: 'That cannot be asked', text: 'Something in the address is not allowed.' },
  'too many': { title: 'Too many tries', text: 'Try again in a moment.' },
  unreachable: { title: 'No connection', text: 'The server cannot be reached.' },
  failed: { title: 'Something went wrong', text: 'The server could not answer.' },
};

export function refusalText({ kind, said, retryAfter }: Refusal): RefusalText {
  const { title, text } = REFUSALS[kind];
  if (kind === 'not allowed' && said) return { title, text: said };
  if (kind === 'too many' && retryAfter) return { title, text: `Try again in ${retryAfter} seconds.` };
  return { title, text };
}
