/** What can go wrong with a call, and how each way is recognised. */
import { ConnectionError, ConnectionErrorReason, DisconnectReason } from 'livekit-client';
import { texts } from '../texts';

export type ProblemKind = keyof typeof texts.problems;

/** `retryAfter` is in seconds, when the server said so. */
export interface Problem {
  kind: ProblemKind;
  retryAfter?: number;
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}

/** The codes of our web app, and the statuses of whatever may stand in front of it. */
const KINDS: Record<string, ProblemKind> = {
  house_full: 'busy',
  too_many_requests: 'tooMany',
  too_many_calls: 'tooMany',
  line_unknown: 'noLine',
  sign_in_needed: 'refused',
  resume_refused: 'gone',
  livekit_down: 'server',
  database_down: 'server',
  sign_in_down: 'server',
  401: 'refused',
  403: 'refused',
  404: 'noLine',
  429: 'tooMany',
  502: 'unreachable',
  503: 'busy',
  504: 'unreachable',
};

/** The problem that a refusal of our web app stands for. */
export function ofRefusal(status: number, code: string | undefined, retryAfter: string | null): Problem {
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  const kind = KINDS[code ?? ''] ?? KINDS[status] ?? 'server';
  return seconds > 0 ? { kind, retryAfter: seconds } : { kind };
}

/** The problem that kept us out of the room. */
export function ofFailure(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (!(error instanceof ConnectionError)) return { kind: 'media' };
  switch (error.reason) {
    case ConnectionErrorReason.NotAllowed:
      return { kind: 'expired' };
    case ConnectionErrorReason.InternalError:
      return { kind: 'media' };
    case ConnectionErrorReason.LeaveRequest:
      return { kind: 'gone' };
    default:
      return { kind: 'unreachable' };
  }
}

/** Why a call that was up is gone: a problem, or undefined when the line ended it. */
export function ofDisconnect(reason: DisconnectReason | undefined): Problem | undefined {
  switch (reason) {
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
    case DisconnectReason.PARTICIPANT_REMOVED:
      return undefined;
    case DisconnectReason.DUPLICATE_IDENTITY:
      return { kind: 'elsewhere' };
    case DisconnectReason.AGENT_ERROR:
      return { kind: 'agentLost' };
    default:
      return { kind: 'connectionLost' };
  }
}

/** Whether the room is no good any more: the call goes on in a new one. */
export function needsFreshRoom(problem: Problem | undefined): boolean {
  return problem?.kind === 'agentLost' || problem?.kind === 'noAgent';
}

/** Whether the same call can be taken up again after this problem. */
export function canContinue(problem: Problem): boolean {
  return !['noAgent', 'gone', 'noLine', 'unsupported', 'refused'].includes(problem.kind);
}
