/** What the call cost, by agent and by handoff, and what was used for it. */
import { memo } from 'react';
import type { Bill as BillOf, Cost, HandoffCost } from '../types';
import type { Cast } from './cast';
import type { Chronicle } from './chronicle';
import { span } from './durations';
import { costText, count } from './money';
import { texts } from './texts';
import { byAgent } from './usage';

interface Props {
  bill: BillOf;
  chronicle: Chronicle;
  running: boolean;
}

export const Bill = memo(function Bill({ bill, chronicle, running }: Props) {
  const used = byAgent(chronicle.used);
  const agents = [...new Set([...Object.keys(bill.agents), ...used.keys()])];
  const { nameOf } = chronicle.cast;
  return (
    <section className="panel bill">
      <h2>
        {texts.bill.heading}
        {running && <span className="small"> {texts.bill.soFar}</span>}
      </h2>
      {agents.length === 0 ? (
        <p className="small">{texts.bill.nothing}</p>
      ) : (
        <table>
          <Columns names={[texts.bill.agent, texts.bill.read, texts.bill.cached, texts.bill.spoken, texts.bill.cost]} />
          <tbody>
            {agents.map((agent) => (
              <UsedBy key={agent} name={<Who id={agent} cast={chronicle.cast} />} units={used.get(agent) ?? {}} cost={bill.agents[agent]} />
            ))}
          </tbody>
          <tfoot>
            <UsedBy name={texts.bill.total} units={sumOf([...used.values()])} cost={bill.total} />
          </tfoot>
        </table>
      )}
      {bill.handoffs.length > 0 && (
        <table>
          <Columns names={[texts.bill.handoffs, texts.bill.silence, texts.bill.tokens, texts.bill.cached, texts.bill.cost]} />
          <tbody>
            {bill.handoffs.map((handoff, index) => (
              <tr key={index}>
                <th scope="row">
                  {nameOf(handoff.source)} → <Who id={handoff.target} cast={chronicle.cast} />
                </th>
                <td>{silenceOf(chronicle, handoff, index)}</td>
                <td>{numberOf(handoff, 'tokens')}</td>
                <td>{numberOf(handoff, 'cached')}</td>
                <td>{costText(handoff)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {bill.total.unknown.length > 0 && <p className="bill-unknown">{texts.bill.unknown(bill.total.unknown.join(', '))}</p>}
    </section>
  );
});

function Columns({ names }: { names: string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Who({ id, cast }: { id: string; cast: Cast }) {
  const person = cast.persons.includes(id);
  return (
    <span className="who" data-colour={person ? undefined : cast.colourOf(id)} data-who={person ? 'person' : 'agent'}>
      {cast.nameOf(id)}
    </span>
  );
}

function UsedBy({ name, units, cost }: { name: React.ReactNode; units: Record<string, number>; cost: Cost | undefined }) {
  const sum = (ends: RegExp) => count(Object.entries(units).reduce((all, [unit, n]) => (ends.test(unit) ? all + n : all), 0));
  const other = Object.entries(units).filter(([unit]) => unit in texts.units);
  const title = Object.entries(units).map(([unit, n]) => `${unit}: ${count(n)}`).join('\n');
  return (
    <tr title={title}>
      <th scope="row">
        {name}
        {other.map(([unit, n]) => (
          <span key={unit} className="small">
            {count(n)} {texts.units[unit]}
          </span>
        ))}
      </th>
      <td>{sum(/_in(_cached)?$/)}</td>
      <td>{sum(/_in_cached$/)}</td>
      <td>{sum(/_out$/)}</td>
      <td>{cost ? costText(cost) : texts.unknown}</td>
    </tr>
  );
}

function sumOf(all: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const units of all) for (const [unit, n] of Object.entries(units)) sum[unit] = (sum[unit] ?? 0) + n;
  return sum;
}

/** The nth handoff of the bill is the nth that was done between the two. */
function silenceOf({ handoffs }: Chronicle, { source, target }: HandoffCost, index: number): string {
  const between = handoffs.filter((each) => each.done);
  const match = between[index];
  const found = match?.source === source && match.target === target ? match : between.find((each) => each.target === target);
  return found?.silence ? span(found.silence.ms) : '–';
}

function numberOf(handoff: HandoffCost, field: string): string {
  const value = handoff[field];
  return typeof value === 'number' ? count(value) : '–';
}
