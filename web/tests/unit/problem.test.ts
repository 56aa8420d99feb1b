import { ConnectionError, DisconnectReason } from 'livekit-client';
import { expect, test } from 'vitest';
import { ofDisconnect, ofFailure, ofRefusal } from '../../src/call/problem';

test.each([
  [503, 'house_full', 'busy'],
  [503, 'livekit_down', 'server'],
  [503, undefined, 'busy'],
  [429, 'too_many_requests', 'tooMany'],
  [404, 'line_unknown', 'noLine'],
  [401, 'sign_in_needed', 'refused'],
  [403, 'ticket_refused', 'gone'],
  [500, undefined, 'server'],
  [502, undefined, 'unreachable'],
])('%i %s is %s', (status, code, kind) => {
  expect(ofRefusal(status, code, null)).toEqual({ kind });
});

test('a refusal says when to try again', () => {
  expect(ofRefusal(429, undefined, '30')).toEqual({ kind: 'tooMany', retryAfter: 30 });
});

test('an expired token is told from a server that cannot be reached', () => {
  expect(ofFailure(ConnectionError.notAllowed('expired', 401)).kind).toBe('expired');
  expect(ofFailure(ConnectionError.serverUnreachable('gone')).kind).toBe('unreachable');
  expect(ofFailure(new Error('no ICE')).kind).toBe('media');
});

test('a room that the line closed is no problem', () => {
  expect(ofDisconnect(DisconnectReason.ROOM_DELETED)).toBeUndefined();
  expect(ofDisconnect(DisconnectReason.SIGNAL_CLOSE)?.kind).toBe('connectionLost');
  expect(ofDisconnect(DisconnectReason.DUPLICATE_IDENTITY)?.kind).toBe('elsewhere');
});
