/** All of one call. */
import type { Api } from '../api';
import type { Me } from '../types';

interface Props {
  id: string;
  api: Api;
  me: Me;
}

export function CallPage({ id }: Props) {
  return <h1>{id}</h1>;
}
