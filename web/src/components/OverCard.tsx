/** A call that has ended: by whom, why, how long it was. */
import type { Call } from '../call/call';
import type { CallState } from '../call/state';
import { texts } from '../texts';
import { Button } from './Button';
import { clock } from './Duration';
import { Heading } from './Heading';
import { Pen, Phone } from './icons';

interface Props {
  call: Call;
  state: CallState;
}

export function OverCard({ call, state: { ended = 'other', startedAt, endedAt } }: Props) {
  const lasted = startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined;
  return (
    <div className="over card" data-reason={ended}>
      <Heading focus>{texts.over.title}</Heading>
      <p>
        {texts.over.reasons[ended] ?? texts.over.reasons['other']}{' '}
        {lasted !== undefined && texts.over.lasted(clock(lasted))}
      </p>
      <div className="start-actions">
        <Button look="primary" icon={<Phone />} onClick={() => void call.start('speaking')}>
          {texts.over.again}
        </Button>
        <Button icon={<Pen />} onClick={() => void call.start('typing')}>
          {texts.over.type}
        </Button>
      </div>
    </div>
  );
}
