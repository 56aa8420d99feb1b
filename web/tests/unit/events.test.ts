import { expect, test } from 'vitest';
import { parseEvent } from '../../src/call/events';

test('the events of a line are read', () => {
  expect(parseEvent('{"kind":"handoff","from":"greeter","to":"support"}')).toMatchObject({ to: 'support' });
  expect(parseEvent('{"kind":"ended","reason":"goodbye"}')).toMatchObject({ reason: 'goodbye' });
  expect(parseEvent('{"kind":"tool_called","agent":"support","tool":"find_order","id":"1"}')).toMatchObject({
    tool: 'find_order',
    failed: false,
  });
});

test.each(['', 'null', '[]', '{}', '{"kind":"weather"}', '{"kind":"handoff","to":1}', '{"kind":"ended"}'])(
  'what is not an event is passed over: %s',
  (text) => {
    expect(parseEvent(text)).toBeUndefined();
  },
);
