/** Before a call: what the caller can do, and what went wrong with the last try. */
import type { Call } from '../call/call';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { Heading } from './Heading';
import { Pen, Phone } from './icons';
import { ProblemNotice } from './ProblemNotice';

interface Props {
  call: Call;
  state: CallState;
}

export function StartScreen({ call, state }: Props) {
  return (
    <section className="start card" aria-labelledby="start-title">
      <Heading id="start-title" focus={state.problem !== undefined} className="start-title">
        {texts.start.title}
      </Heading>
      <p className="start-lead">{texts.start.lead}</p>
      {state.problem && <ProblemNotice problem={state.problem} />}
      {state.resumable ? <Continue call={call} /> : <Begin call={call} />}
      <div className="topics">
        <h2>{texts.start.topicsTitle}</h2>
        <ul>
          {texts.start.topics.map((topic) => (
            <li key={topic}>“{topic}”</li>
          ))}
        </ul>
      </div>
      <p className="small">{texts.start.small}</p>
    </section>
  );
}

function Begin({ call }: { call: Call }) {
  return (
    <div className="start-actions">
      <Button look="primary" icon={<Phone />} onClick={() => void call.start('speaking')}>
        {texts.start.call}
      </Button>
      <Button icon={<Pen />} onClick={() => void call.start('typing')}>
        {texts.start.type}
      </Button>
    </div>
  );
}

function Continue({ call }: { call: Call }) {
  return (
    <div className="continue">
      <p>
        <strong>{texts.start.continueTitle}.</strong> {texts.start.continueText}
      </p>
      <div className="start-actions">
        <Button look="primary" icon={<Phone />} onClick={() => void call.resume()}>
          {texts.start.continue}
        </Button>
        <Button onClick={() => void call.start('speaking')}>{texts.start.fresh}</Button>
      </div>
    </div>
  );
}
