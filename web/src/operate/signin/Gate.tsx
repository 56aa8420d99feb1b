/** What stands before the pages: they open for somebody who is signed in, and close when the session ends. */
import { useSyncExternalStore } from 'react';
import type { Api } from '../api';
import { App } from '../app';
import { texts } from '../texts';
import { Closed } from './Closed';
import type { Session } from './session';
import { SignIn } from './SignIn';

interface Props {
  api: Api;
  session: Session;
  /** Why they were not let in when they came from the sign-in service. */
  refused?: string | null;
}

export function Gate({ api, session, refused = null }: Props) {
  const standing = useSyncExternalStore(session.subscribe, session.snapshot);
  const ask = () => session.ask();
  if (!standing) return <p className="gate-asking">{texts.gate.asking}</p>;
  if ('me' in standing) return <App api={api} me={standing.me} onSignOut={() => session.leave()} />;
  const { refusal, was } = standing;
  const why = was === 'nobody' ? refused : null;
  if (refusal.door) return <SignIn api={api} door={refusal.door} was={was} refused={why} onSignedIn={ask} />;
  return <Closed refusal={refusal} onRetry={ask} />;
}
