import { ConnectionError, DisconnectReason } from 'livekit-client';
import { expect, test } from 'vitest';
import { canContinue, needsFreshRoom, ofDisconnect, ofFailure, ofRefusal, ProblemError, type ProblemKind } from '../../../src/call/problem';
import { texts } from '../../../src/texts';

test.each([
  [503, 'house_full', 'busy'],
  [429, 'too_many_requests', 'tooMany'],
  [404, 'line_unknown', 'noLine'],
  [401, 'sign_in_needed', 'refused'],
  [403, 'resume_refused', 'gone'],
  [503, 'livekit_down', 'server'],
  [503, 'sign_in_down', 'server'],
  [503, 'no_such_code', 'busy'],
  [401, undefined, 'refused'],
  [403, undefined, 'refused'],
  [404, undefined, 'noLine'],
  [429, undefined, 'tooMany'],
  [502, undefined, 'unreachable'],
  [503, undefined, 'busy'],
  [504, undefined, 'unreachable'],
  [500, undefined, 'server'],
])('%i %s is %s', (status, code, kind) => {
  expect(ofRefusal(status, code, null)).toEqual({ kind });
});

test.each(['house_full', 'too_many_requests', 'line_unknown', 'sign_in_needed'])('%s says what it is, whatever the status', (code) => {
  expect(ofRefusal(500, code, null).kind).not.toBe('server');
});

test.each([
  ['30', { kind: 'tooMany', retryAfter: 30 }],
  ['0', { kind: 'tooMany' }],
  ['Wed, 21 Oct 2026 07:28:00 GMT', { kind: 'tooMany' }],
  [null, { kind: 'tooMany' }],
])('a refusal says when to try again, if it does: %s', (header, problem) => {
  expect(ofRefusal(429, undefined, header)).toEqual(problem);
});

test.each([
  [ConnectionError.notAllowed('expired', 401), 'expired'],
  [ConnectionError.serverUnreachable('gone'), 'unreachable'],
  [ConnectionError.internal('no media'), 'media'],
  [ConnectionError.leaveRequest('left', DisconnectReason.UNKNOWN_REASON), 'gone'],
  [ConnectionError.timeout('late'), 'unreachable'],
  [new Error('no ICE'), 'media'],
  ['no ICE', 'media'],
] as const)('what kept us out of the room is told: %s is %s', (error, kind) => {
  expect(ofFailure(error)).toEqual({ kind });
});

test('a problem that is known stays what it is, and names itself', () => {
  const error = new ProblemError({ kind: 'tooMany', retryAfter: 30 });
  expect(ofFailure(error)).toEqual({ kind: 'tooMany', retryAfter: 30 });
  expect(error.message).toBe('tooMany');
});

test.each([
  [DisconnectReason.ROOM_DELETED, undefined],
  [DisconnectReason.ROOM_CLOSED, undefined],
  [DisconnectReason.PARTICIPANT_REMOVED, undefined],
  [DisconnectReason.DUPLICATE_IDENTITY, { kind: 'elsewhere' }],
  [DisconnectReason.AGENT_ERROR, { kind: 'agentLost' }],
  [DisconnectReason.SIGNAL_CLOSE, { kind: 'connectionLost' }],
  [undefined, { kind: 'connectionLost' }],
])('a room that is left for reason %s is %o', (reason, problem) => {
  expect(ofDisconnect(reason)).toEqual(problem);
});

const FRESH = ['agentLost', 'noAgent'];
const FINAL = ['noAgent', 'gone', 'noLine', 'unsupported', 'refused'];

test.each(Object.keys(texts.problems) as ProblemKind[])('%s: whether the call goes on, and in which room', (kind) => {
  expect(canContinue({ kind })).toBe(!FINAL.includes(kind));
  expect(needsFreshRoom({ kind })).toBe(FRESH.includes(kind));
});

test('a call without a problem goes on in its room', () => {
  expect(needsFreshRoom(undefined)).toBe(false);
});
