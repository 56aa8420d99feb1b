/** Every word of the operators' frame, *Now* and *Calls*. */
import type { Refusal } from './api';

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
};

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
