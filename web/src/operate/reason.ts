/** Why a request failed, whatever was thrown. */
import { Refusal } from './api';

export function reasonOf(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal('failed');
}
