/** Before a call: what the caller can do, and what went wrong with the last try. */
import type { Call } from '../call/call';
import type { Line } from '../call/line';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { Heading } from './Heading';
import { Pen, Phone } from './icons';
import { ProblemNotice } from './ProblemNotice';

interface Props {
  call: Call;
  state: CallState;
  line: Line | undefined;
}

export function StartScreen({ call, state, line }: Props) {
  const front = line?.front;
  const people = line?.agents.some(({ voice }) => voice === 'person');
  return (
    <section className="start card" aria-labelledby="start-title" data-known={line !== undefined}>
      <Heading id="start-title" focus={state.problem !== undefined} className="start-title">
        {front?.title ?? texts.start.title}
      </Heading>
      {front?.lead && <p className="start-lead">{front.lead}</p>}
      {state.problem && <ProblemNotice problem={state.problem} />}
      {state.resumable ? <Continue call={call} /> : <Begin call={call} />}
      {front && front.topics.length > 0 && <Topics topics={front.topics} />}
      <p className="small">
        {people ? texts.start.assistantAndPeople : texts.start.assistant} {texts.start.microphone}
      </p>
    </section>
  );
}

function Topics({ topics }: { topics: string[] }) {
  return (
    <div className="topics">
      <h2>{texts.start.topicsTitle}</h2>
      <ul>
        {topics.map((topic) => (
          <li key={topic}>“{topic}”</li>
        ))}
      </ul>
    </div>
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
