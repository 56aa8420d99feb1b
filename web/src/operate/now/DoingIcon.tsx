import { Alert, Dots, Ear, Person, Phone, Sound, Wrench } from '../../components/icons';
import type { Doing } from '../types';

const ICONS: Record<Doing, () => React.JSX.Element> = {
  listening: Ear,
  thinking: Dots,
  speaking: Sound,
  'in a tool': Wrench,
  'ringing a person': Phone,
  'with a person': Person,
  lost: Alert,
};

export function DoingIcon({ doing }: { doing: Doing }) {
  const Icon = ICONS[doing];
  return <Icon />;
}
