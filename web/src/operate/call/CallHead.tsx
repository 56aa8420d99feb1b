/** What a call is at a glance, and what can be done with it. */
import type { Api } from '../api';
import type { CallStory, Me } from '../types';
import type { Chronicle } from './chronicle';
import { clock, span } from './durations';
import { Erase } from './Erase';
import { isErased } from './erased';
import { isRunning } from './isRunning';
import { costText } from './money';
import { outcome } from './notes';
import { texts } from './texts';

interface Props {
  story: CallStory;
  chronicle: Chronicle;
  length: number;
  notice: string | null;
  api: Api;
  me: Me;
  onErased: () => void;
}

export function CallHead({ story, chronicle, length, notice, api, me, onErased }: Props) {
  const { call, bill } = story;
  const running = isRunning(call);
  const erased = isErased(story.events);
  const first = call.first_sound_p50_ms;
  return (
    <header className="call-head">
      <div className="call-title">
        <h1>{texts.title(call.id)}</h1>
        {running && <span className="call-live">{texts.running}</span>}
        {(notice ?? erased) && (
          <p className="call-notice" role="status">
            {notice ?? texts.erase.done}
          </p>
        )}
      </div>
      <dl className="facts">
        <Fact name={texts.facts.length} value={clock(length)} strong />
        <Fact name={texts.facts.outcome} value={running ? texts.facts.stillRunning : outcome(call.outcome ?? '')} strong />
        <Fact name={texts.facts.cost} value={costText(bill.total)} strong />
        <Fact name={texts.facts.firstSound} value={first === null ? texts.unknown : span(first)} strong />
        <Fact name={texts.facts.line} value={call.line} />
        <Fact name={texts.facts.caller} value={call.caller ?? texts.facts.withheld} />
        <Fact name={texts.facts.began} value={began(call.started_at)} title={call.started_at} wide />
      </dl>
      <div className="call-actions">
        <span className="call-exports" role="group" aria-label={texts.actions.exports}>
          <a className="button" href={api.exportAt(call.id, 'json')} download>
            {texts.actions.json}
          </a>
          <a className="button" href={api.exportAt(call.id, 'html')} download>
            {texts.actions.html}
          </a>
        </span>
        {!erased && (
          <a className="button" href={api.scenarioAt(call.id)} title={texts.actions.scenarioHint} download>
            {texts.actions.scenario}
          </a>
        )}
        {me.role === 'admin' && !erased && <Erase story={story} chronicle={chronicle} api={api} onErased={onErased} />}
      </div>
    </header>
  );
}

interface FactProps {
  name: string;
  value: string;
  title?: string;
  strong?: boolean;
  /** As wide as the page, on a phone. */
  wide?: boolean;
}

function Fact({ name, value, title, strong = false, wide = false }: FactProps) {
  return (
    <div className="fact" data-strong={strong || undefined} data-wide={wide || undefined}>
      <dt>{name}</dt>
      <dd title={title}>{value}</dd>
    </div>
  );
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function began(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? texts.unknown : WHEN.format(time);
}
