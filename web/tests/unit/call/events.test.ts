import { expect, test } from 'vitest';
import { parseEvent } from '../../../src/call/events';

const CALLED = { kind: 'tool_called', agent: 'support', tool: 'find_order', id: 'a' };
const CALLBACK = { agent: '', tool: 'callback', id: 'callback' };
const PERSON = { kind: 'person', person: 'shop_desk', state: 'called' };

test.each([
  [CALLED, { ...CALLED, failed: false }],
  [{ ...CALLED, kind: 'tool_returned', failed: true }, { ...CALLED, kind: 'tool_returned', failed: true }],
  [{ ...CALLED, failed: 'yes' }, { ...CALLED, failed: false }],
  [{ kind: 'tool_called', tool: 'find_order', id: 'a' }, { ...CALLED, agent: '', failed: false }],
  [{ kind: 'handoff', from: 'greeter', to: 'support' }, { kind: 'handoff', from: 'greeter', to: 'support' }],
  [PERSON, PERSON],
  [{ ...PERSON, state: 'unreached' }, { ...PERSON, state: 'unreached' }],
  [{ kind: 'callback', state: 'tried' }, { kind: 'tool_called', ...CALLBACK, failed: false }],
  [{ kind: 'callback', state: 'served' }, { kind: 'tool_returned', ...CALLBACK, failed: false }],
  [{ kind: 'callback', state: 'not_wanted' }, { kind: 'tool_returned', ...CALLBACK, failed: true }],
  [{ kind: 'callback', state: 'failed' }, { kind: 'tool_returned', ...CALLBACK, failed: true }],
  [{ kind: 'taken', id: 'line-1' }, { kind: 'taken', id: 'line-1' }],
  [{ kind: 'ended', reason: 'goodbye' }, { kind: 'ended', reason: 'goodbye' }],
])('an event of the line is read: %o', (sent, read) => {
  expect(parseEvent(JSON.stringify(sent))).toEqual(read);
});

test.each([
  ['', 'null', '[]', '{}', '7', '{"kind":"weather"}'],
  ['{"kind":"handoff","to":"support"}', '{"kind":"handoff","from":"greeter"}', '{"kind":"handoff","from":"greeter","to":1}'],
  ['{"kind":"tool_called","tool":"find_order"}', '{"kind":"tool_returned","id":"a"}'],
  ['{"kind":"person","person":"shop_desk","state":"asleep"}', '{"kind":"person","state":"called"}', '{"kind":"person","state":"unreached"}'],
  ['{"kind":"callback"}', '{"kind":"callback","state":"asleep"}', '{"kind":"callback","state":1}'],
  ['{"kind":"taken"}', '{"kind":"taken","id":1}'],
  ['{"kind":"ended"}'],
].flat())('what is not an event is passed over: %s', (text) => {
  expect(parseEvent(text)).toBeUndefined();
});

test.each([
  [1, 1],
  [17, 17],
  ['1', undefined],
  [1.5, undefined],
  [null, undefined],
  [undefined, undefined],
])('the number %s of an event is %s', (seq, read) => {
  expect(parseEvent(JSON.stringify({ kind: 'ended', reason: 'goodbye', seq }))?.seq).toBe(read);
});
