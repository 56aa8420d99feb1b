/** Sign in: with the demo's password, or at the server that knows the operators. */
import { Heading } from '../../components/Heading';
import type { Api, Door } from '../api';
import { texts, whyRefused } from '../texts';
import { Doorway } from './Doorway';
import type { Was } from './session';
import { Password } from './Password';

interface Props {
  api: Api;
  door: Door;
  was: Was;
  refused: string | null;
  onSignedIn: () => Promise<void>;
}

export function SignIn({ api, door, was, refused, onSignedIn }: Props) {
  return (
    <Doorway>
      <Heading focus={was !== 'nobody' || refused !== null}>{refused === null ? texts.signIn.titles[was] : texts.signIn.refused}</Heading>
      <p className="doorway-lead">{refused === null ? texts.signIn.leads[door.by] : whyRefused(refused)}</p>
      {door.by === 'password' ? (
        <Password api={api} onSignedIn={onSignedIn} />
      ) : (
        <a className="button button-main" href={door.address}>
          {refused === null ? texts.signIn.elsewhere : texts.again}
        </a>
      )}
    </Doorway>
  );
}
