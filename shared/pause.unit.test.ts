import assert from 'node:assert/strict';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { Pause } from './pause.ts';

describe('A pause', () => {
  const waiting = (pause: Pause, ms: number) => {
    const state = { over: false };
    void pause.wait(ms).then(() => {
      state.over = true;
    });
    return state;
  };

  it('lasts as long as was said', async () => {
    const clock = new ManualClock();
    const wait = waiting(new Pause(clock), 100);
    await clock.advance(99);
    assert.equal(wait.over, false);
    await clock.advance(1);
    assert.equal(wait.over, true);
  });

  it('ends when it is cut', async () => {
    const pause = new Pause(new ManualClock());
    const wait = waiting(pause, 100);
    pause.cut();
    await settle();
    assert.equal(wait.over, true);
  });

  it('does not begin when it was cut before, and is whole again the next time', async () => {
    const clock = new ManualClock();
    const pause = new Pause(clock);
    pause.cut();
    const first = waiting(pause, 100);
    await settle();
    assert.equal(first.over, true);
    const second = waiting(pause, 100);
    await settle();
    assert.equal(second.over, false);
    await clock.advance(100);
    assert.equal(second.over, true);
  });

  it('forgets a cut when its cause is about to be looked at', async () => {
    const pause = new Pause(new ManualClock());
    pause.cut();
    pause.reset();
    const wait = waiting(pause, 100);
    await settle();
    assert.equal(wait.over, false);
    pause.cut();
  });
});
