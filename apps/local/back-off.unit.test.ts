import assert from 'node:assert/strict';
import { nextBackOffMs } from './back-off.ts';

describe('The pause before a process is started again', () => {
  it('doubles from 200 ms to 10 s while it keeps failing', () => {
    const pauses: number[] = [];
    for (let i = 0; i < 8; i += 1) pauses.push(nextBackOffMs(pauses.at(-1) ?? 0, 0));
    assert.deepEqual(pauses, [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  });

  it('begins anew after the process served for 30 s, and not a moment earlier', () => {
    assert.deepEqual([nextBackOffMs(6_400, 29_999), nextBackOffMs(6_400, 30_000)], [10_000, 200]);
  });
});
