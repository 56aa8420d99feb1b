/** A row of the transcript. */
import { memo } from 'react';
import type { Peaks } from '../types';
import type { Cast } from './cast';
import { clock, span } from './durations';
import { HandoffText } from './HandoffText';
import { written } from './notes';
import type { Player } from './player';
import type { Row, SaidRow } from './rows';
import { DEAD_AIR_SECONDS } from './silences';
import { texts } from './texts';
import type { ToolRun } from './tools';
import type { Turn } from './turns';
import { addressOfMoment } from './useMoment';
import { Words } from './Words';

interface Props {
  row: Row;
  cast: Cast;
  wave: Peaks | undefined;
  player: Player;
  current: boolean;
  /** Whether the tabulator stops at it. */
  first: boolean;
}

const DEAD_AIR_PIXELS = 36;

export const RowView = memo(function RowView({ row, cast, wave, player, current, first }: Props) {
  return (
    <div className="row" data-row={row.id} data-kind={row.kind} data-tone={row.kind === 'note' ? row.note.tone : undefined} aria-current={current || undefined} {...whose(row, cast)}>
      <a className="row-at" href={addressOfMoment(row.at)} data-at={row.at} tabIndex={first ? 0 : -1} aria-label={texts.transcript.moment(clock(row.at))}>
        {clock(row.at)}
      </a>
      <div className="row-body">
        <Body row={row} cast={cast} wave={wave} player={player} current={current} />
      </div>
      <Figure row={row} />
    </div>
  );
});

function Body({ row, cast, wave, player, current }: Omit<Props, 'first'>) {
  switch (row.kind) {
    case 'said':
      return <Said row={row} cast={cast} wave={wave} player={player} current={current} />;
    case 'tool':
      return <Tool run={row.run} />;
    case 'handoff':
      return <HandoffText handoff={row.handoff} cast={cast} />;
    case 'turn':
      return <p className="row-title">{texts.transcript.unanswered}</p>;
    case 'note':
      return (
        <>
          <p className="row-title">{row.note.title}</p>
          {row.note.text && <p className="row-detail">{row.note.text}</p>}
        </>
      );
  }
}

function Said({ row: { speech, turn }, cast, wave, player, current }: Omit<Props, 'first' | 'row'> & { row: SaidRow }) {
  const name = speech.who === 'caller' ? texts.transcript.caller : cast.nameOf(speech.name);
  return (
    <>
      <p className="row-who">
        {name}
        {speech.typed && <span className="tag">{texts.transcript.typed}</span>}
        {speech.filler && <span className="tag">{texts.transcript.waits}</span>}
        {speech.interrupted && <span className="tag tag-cut">{texts.transcript.cut}</span>}
        {turn && <span className="row-turn">{heardOf(turn)}</span>}
      </p>
      <Words speech={speech} wave={wave} player={player} current={current} />
    </>
  );
}

function Tool({ run }: { run: ToolRun }) {
  const given = Object.entries(run.arguments);
  return (
    <details className="tool" data-failed={run.failed || undefined}>
      <summary>
        <code>{run.tool}</code>
        <span className="tool-given">{given.map(([name, value]) => `${name} ${written(value)}`).join(', ')}</span>
        {run.failed && <span className="tag tag-failed">{texts.transcript.failed}</span>}
        {run.result === null ? <span className="tag">{texts.transcript.running}</span> : <span className="tool-result">{run.result}</span>}
      </summary>
      <dl>
        <dt>{texts.transcript.arguments}</dt>
        <dd>
          <pre>{given.length > 0 ? JSON.stringify(run.arguments, null, 2) : texts.transcript.noArguments}</pre>
        </dd>
        <dt>{texts.transcript.result}</dt>
        <dd>
          <pre>{run.result ?? texts.transcript.running}</pre>
        </dd>
      </dl>
    </details>
  );
}

/** The time that counts, at the right edge: silence before an answer or at a handoff, how long a tool took. */
function Figure({ row }: { row: Row }) {
  if (row.kind === 'tool') return row.run.ms === null ? null : <span className="row-figure">{span(row.run.ms)}</span>;
  const turn = row.kind === 'said' || row.kind === 'turn' ? row.turn : null;
  if (turn) return <Silence ms={turn.silence.ms} title={turnTitle(turn)} />;
  const silence = row.kind === 'handoff' ? row.handoff.silence : null;
  return silence && <Silence ms={silence.ms} title={texts.transcript.silence(span(silence.ms))} />;
}

function Silence({ ms, title }: { ms: number; title: string }) {
  const share = Math.min(1, ms / 1000 / DEAD_AIR_SECONDS);
  const width = Math.round(share * DEAD_AIR_PIXELS);
  return (
    <span className="row-figure row-silence" data-dead={ms > DEAD_AIR_SECONDS * 1000 || undefined} title={title}>
      {span(ms)}
      <i style={{ width }} />
    </span>
  );
}

/** What the silence at the edge does not tell. */
function heardOf({ firstTokenMs, firstSoundMs, silence }: Turn): string {
  const token = firstTokenMs === null ? '' : texts.transcript.token(span(firstTokenMs));
  const sound = firstSoundMs === null || Math.abs(firstSoundMs - silence.ms) < 1 ? '' : texts.transcript.sound(span(firstSoundMs));
  return [token, sound].filter((part) => part !== '').join(' · ');
}

function turnTitle({ silence, firstTokenMs, firstSoundMs }: Turn): string {
  const token = firstTokenMs === null ? '' : texts.transcript.firstToken(span(firstTokenMs));
  const sound = firstSoundMs === null ? texts.transcript.noSound : texts.transcript.firstSound(span(firstSoundMs));
  return [texts.transcript.silence(span(silence.ms)), token, sound].filter((line) => line !== '').join('\n');
}

function whose(row: Row, cast: Cast) {
  if (row.kind === 'handoff') return { 'data-colour': cast.colourOf(row.handoff.target) };
  if (row.kind !== 'said') return {};
  const { who, name } = row.speech;
  return who === 'agent' ? { 'data-who': who, 'data-colour': cast.colourOf(name) } : { 'data-who': who };
}
