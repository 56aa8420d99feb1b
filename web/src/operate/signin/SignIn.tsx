/** Sign in: with the demo's password, or at the server that knows the operators. */
import { Heading } from '../../components/Heading';
import type { Api, Door } from '../api';
import { texts } from '../texts';
import { Doorway } from './Doorway';
import type { Was } from './session';
import { Password } from './Password';

interface Props {
  api: Api;
  door: Door;
  was: Was;
  onSignedIn: () => Promise<void>;
}

export function SignIn({ api, door, was, onSignedIn }: Props) {
  return (
    <Doorway>
      <Heading focus={was !== 'nobody'}>{texts.signIn.titles[was]}</Heading>
      <p className="doorway-lead">{texts.signIn.leads[door.by]}</p>
      {door.by === 'password' ? (
        <Password api={api} onSignedIn={onSignedIn} />
      ) : (
        <a className="button button-main" href={door.address}>
          {texts.signIn.elsewhere}
        </a>
      )}
    </Doorway>
  );
}
