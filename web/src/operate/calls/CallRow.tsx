/** A call in the list. All of its row leads to it. */
import { colourOf, nameOf } from '../colours';
import { Link } from '../Link';
import { outcomeText, texts } from '../texts';
import type { CallLine, Choices, LineMap } from '../types';
import { day, isoLength, lengthOf, money, sentence, timeOfDay, UNKNOWN, words } from '../words';

interface Props {
  call: CallLine;
  choices: Choices;
  now: number;
}

export function CallRow({ call, choices, now }: Props) {
  const line = choices.lines.find(({ name }) => name === call.line);
  const { id, started_at, seconds, outcome, caller, first_sound_p50_ms: sound } = call;
  return (
    <tr data-call={id}>
      <td className="cell-started">
        <Link to={`calls/${encodeURIComponent(id)}`}>
          <time dateTime={started_at}>
            <span className="cell-day">{day(started_at, now)}</span> {timeOfDay(started_at)}
          </time>
        </Link>
      </td>
      <td className="cell-agent">
        <Agents call={call} line={line} />
      </td>
      <td className="cell-line">{sentence(words(call.line))}</td>
      <td className="cell-caller">{caller ?? <span className="soft">{texts.noNumber}</span>}</td>
      <td className="cell-length number">
        {seconds === null ? UNKNOWN : <time dateTime={isoLength(seconds)}>{lengthOf(seconds)}</time>}
      </td>
      <td className="cell-outcome" data-outcome={outcome ?? 'running'}>
        {outcomeText(outcome ?? 'running')}
      </td>
      <td className="cell-rules">
        <Rules rules={call.rules} choices={choices} />
      </td>
      <td className="cell-sound number">{sound === null ? UNKNOWN : `${(sound / 1_000).toFixed(2)} s`}</td>
      <td className="cell-cost number">
        <Price call={call} />
      </td>
    </tr>
  );
}

/** Who had the caller last, behind a mark in the colour of each agent who had them. */
function Agents({ call: { agent, agents }, line }: { call: CallLine; line: LineMap | undefined }) {
  const names = agents.map((one) => nameOf(one, line) ?? one);
  return (
    <span className="agents" data-colour={colourOf(agent, line) ?? 'none'} title={names.join(', ')}>
      <span className="agents-marks" aria-hidden="true">
        {agents.map((one) => (
          <i key={one} data-colour={colourOf(one, line) ?? 'none'} />
        ))}
      </span>
      <span className="agents-name">{nameOf(agent, line) ?? texts.now.nobody}</span>
      {agents.length > 1 && <span className="hidden">{texts.calls.among(names.join(', '))}</span>}
    </span>
  );
}

function Rules({ rules, choices }: { rules: string[]; choices: Choices }) {
  if (rules.length === 0) return null;
  return (
    <ul className="tags">
      {rules.map((rule) => (
        <li key={rule} title={choices.rules.find((one) => one.rule === rule)?.sentence}>
          {words(rule)}
        </li>
      ))}
    </ul>
  );
}

/** A call that runs has no cost yet; that of one that is over may be unknown. */
function Price({ call: { cost, currency, ended_at } }: { call: CallLine }) {
  const amount = money(cost, currency, 3);
  if (amount !== undefined) return amount;
  return <span className="soft">{ended_at === null ? UNKNOWN : texts.calls.unknown}</span>;
}
