import { expect, it, vi } from 'vitest';
import { DRIFT, Player, type Sound } from '../../../../src/operate/call/player';

class MadeSound implements Sound {
  currentTime = 0;
  playbackRate = 1;
  muted = false;
  ended = false;
  seeking = false;
  plays = false;
  refusal: Error | undefined;
  play() {
    this.plays = true;
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve();
  }
  pause() {
    this.plays = false;
  }
}

function made() {
  const [caller, agent] = [new MadeSound(), new MadeSound()];
  let next: (() => void) | undefined;
  const player = new Player(
    [{ lane: 'caller', sound: caller }, { lane: 'agent', sound: agent }],
    { next: (then) => ((next = then), 1), cancel: () => (next = undefined) },
  );
  return { player, caller, agent, frame: () => next?.() };
}

it('All lanes play from the same moment', async () => {
  const { player, caller, agent } = made();
  player.seek(12.3);
  await player.play();
  expect([caller.currentTime, agent.currentTime, caller.plays, agent.plays]).toEqual([12.3, 12.3, true, true]);
});

it('A lane that has drifted is brought back to the one that leads; one that has not is left alone', async () => {
  const { player, caller, agent, frame } = made();
  await player.play();
  [caller.currentTime, agent.currentTime] = [5, 5 - DRIFT / 2];
  frame();
  expect(agent.currentTime).toBe(5 - DRIFT / 2);
  agent.currentTime = 5 - DRIFT * 2;
  frame();
  expect([agent.currentTime, player.time]).toEqual([5, 5]);
});

it('When the lane that leads has ended the next one does, and after the last it is over', async () => {
  const { player, caller, agent, frame } = made();
  await player.play();
  caller.ended = true;
  agent.currentTime = 8;
  frame();
  expect([player.time, player.playing]).toEqual([8, true]);
  agent.ended = true;
  frame();
  expect(player.playing).toBe(false);
});

it('While a lane looks for its place the time does not jump back', async () => {
  const { player, caller, frame } = made();
  player.seek(30);
  await player.play();
  [caller.seeking, caller.currentTime] = [true, 0];
  frame();
  expect(player.time).toBe(30);
});

it('A muted lane is muted alone', () => {
  const { player, caller, agent } = made();
  player.mute('agent', true);
  expect([caller.muted, agent.muted, player.isMuted('agent'), player.isMuted('caller')]).toEqual([false, true, true, false]);
});

it('A recording that cannot be played says so and stops; one lane that can is enough', async () => {
  const { player, caller, agent } = made();
  caller.refusal = new Error('no');
  await player.play();
  expect([player.failed, player.playing]).toEqual([false, true]);
  player.pause();
  agent.refusal = new Error('no');
  await player.play();
  expect([player.failed, player.playing]).toEqual([true, false]);
});

it('Without a recording one can still go from moment to moment', async () => {
  const player = new Player();
  const told = vi.fn();
  player.subscribe(told);
  player.seek(-3);
  await player.play();
  expect([player.time, player.placed, player.playing, player.audible, told.mock.calls.length]).toEqual([0, true, false, false, 1]);
});
