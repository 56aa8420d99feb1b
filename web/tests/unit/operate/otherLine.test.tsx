/**
 * The operators' pages show a line of made-up agents and people in its own names and colours.
 * @vitest-environment jsdom
 */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { castOf } from '../../../src/operate/call/cast';
import { Clock } from '../../../src/operate/clock';
import { CallTile } from '../../../src/operate/now/CallTile';
import { LinePicture } from '../../../src/operate/now/LinePicture';
import type { LineMap } from '../../../src/operate/types';
import '../setup';
import { tile } from './made';

const OBSERVATORY: LineMap = {
  name: 'observatory',
  agents: [
    { id: 'night_owl', label: 'Night owl', colour: 'violet' },
    { id: 'dome', label: 'The <b>dome</b>', colour: 'olive' },
  ],
  places: [{ id: 'astronomer', label: 'Dr Vale', colour: 'brown' }],
  handoffs: [['night_owl', 'dome']],
};

afterEach(cleanup);

test('as a picture', () => {
  render(<LinePicture line={OBSERVATORY} callers={new Map([['dome', 2]])} move={undefined} />);
  const [owl, dome] = screen.getAllByRole('listitem');
  expect([owl?.dataset['colour'], owl?.textContent]).toEqual(['violet', 'Night owl 0 calls']);
  expect([dome?.dataset['colour'], dome?.textContent]).toEqual(['olive', 'The <b>dome</b> 2 calls']);
});

test.each([
  ['night_owl', 'Night owl', 'violet'],
  ['astronomer', 'Dr Vale', 'none'],
  ['somebody_else', 'Somebody else', 'none'],
])('with %s as the one who has a call', (agent, name, colour) => {
  render(<CallTile tile={tile('a', { line: 'observatory', agent })} line={OBSERVATORY} clock={new Clock()} />);
  expect(screen.getByRole('heading').textContent).toBe(name);
  expect(screen.getByRole('article').dataset['colour']).toBe(colour);
});

test('in a call, where an agent of whom the line knows nothing any more has a colour of the palette', () => {
  const at = (seq: number, agent: string) => ({ kind: 'agent_spoke', seq, at: seq, wall: null, agent, text: '' });
  const cast = castOf([at(1, 'dome'), at(2, 'gone_agent')], OBSERVATORY);
  expect(['dome', 'gone_agent', 'astronomer'].map(cast.nameOf)).toEqual(['The <b>dome</b>', 'Gone agent', 'Dr Vale']);
  expect(['dome', 'gone_agent'].map(cast.colourOf)).toEqual(['olive', 'blue']);
});
