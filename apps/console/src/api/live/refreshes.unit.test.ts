import assert from 'node:assert/strict';
import { Refreshes } from './refreshes.ts';

/** Refreshes in a time of their own: `pass` lets it go by. */
function inTime() {
  let now = 0;
  let timers: { at: number; what: () => void }[] = [];
  const busy = new Set<string>();
  const read: string[] = [];
  const refreshes = new Refreshes({
    now: () => now,
    later: (what, ms) => {
      const timer = { at: now + ms, what };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    isBusy: (what) => busy.has(what),
    refresh: (what) => void read.push(`${what} ${now}`),
  });
  const pass = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers = timers.filter((each) => each !== next);
      now = next.at;
      next.what();
    }
    now = end;
  };
  return { busy, pass, read, refreshes, waiting: () => timers.length };
}

describe('What is read again because something happened', () => {
  it('is read at once, and then once for all that happens within the time that has to pass', () => {
    const { pass, read, refreshes } = inTime();
    // Two texts a second, for a minute.
    for (let n = 0; n < 120; n++) {
      refreshes.ask('list');
      pass(500);
    }
    pass(10_000);
    assert.deepEqual(read.slice(0, 3), ['list 0', 'list 4000', 'list 8000']);
    assert.equal(read.length, 16);
    refreshes.ask('list');
    assert.equal(read.length, 17, 'at once, since nothing happened for long');
  });

  it('has a time of its own for each thing', () => {
    const { pass, read, refreshes } = inTime();
    for (let n = 0; n < 20; n++) {
      refreshes.ask('list');
      refreshes.ask('counts', 10_000);
      pass(500);
    }
    assert.deepEqual(
      read.filter((each) => each.startsWith('counts')),
      ['counts 0', 'counts 10000'],
    );
    assert.equal(read.filter((each) => each.startsWith('list')).length, 3);
  });

  it('is read once more where it was being read when it changed', () => {
    const { busy, pass, read, refreshes, waiting } = inTime();
    busy.add('list');
    refreshes.ask('list');
    busy.delete('list');
    pass(20_000);
    assert.deepEqual(read, ['list 0', 'list 4000']);
    assert.equal(waiting(), 0);
  });

  it('is not read any more when nobody is there', () => {
    const { pass, read, refreshes } = inTime();
    refreshes.ask('list');
    refreshes.ask('list');
    refreshes.stop();
    pass(20_000);
    assert.deepEqual(read, ['list 0']);
  });
});
