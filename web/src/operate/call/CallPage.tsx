/** All of one call: the same page while it runs and after it. */
import { useState } from 'react';
import type { Api } from '../api';
import { Link } from '../Link';
import type { Me } from '../types';
import { CallView } from './CallView';
import { texts } from './texts';
import { useStory } from './useStory';
import './styles/index.css';

interface Props {
  id: string;
  api: Api;
  me: Me;
}

export function CallPage({ id, api, me }: Props) {
  const { story, problem, door, connected, read } = useStory(api, id);
  const [erased, setErased] = useState(false);
  const gone = () => {
    setErased(true);
    read();
  };
  if (erased && problem === 'missing') return <Message id={id} text={texts.erase.done} />;
  if (!story) {
    const text = problem ? texts.problems[problem] : texts.reading;
    return <Message id={id} text={text} address={problem === 'signed out' ? door?.address : undefined} />;
  }
  const cutOff = problem ? texts.problems[problem] : connected ? null : texts.reconnecting;
  const notice = erased ? texts.erase.done : cutOff;
  return <CallView story={story} notice={notice} api={api} me={me} onErased={gone} />;
}

function Message({ id, text, address }: { id: string; text: string; address?: string | undefined }) {
  return (
    <div className="call-message">
      <h1>{texts.title(id)}</h1>
      <p role="status">{text}</p>
      {address ? <a href={address}>{texts.signIn}</a> : <Link to="calls">{texts.toCalls}</Link>}
    </div>
  );
}
