import assert from 'node:assert/strict';
import { runKeyNine } from './key-nine.ts';

/** The short form of `npm run key-nine`. */
describe('While texts and calls go to the same people', () => {
  it('nobody is called or texted after key 9, nobody called after STOP, and nobody twice, whatever is killed', async () => {
    const { counts, faults } = await runKeyNine({
      phones: 45,
      textsEach: 4,
      callsEach: 2,
      textsPerSecond: 10,
      callsPerSecond: 5,
      settledMs: 150_000,
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(faults, []);
    assert.deepEqual([counts.presses, counts.stops], [15, 15]);
    assert.ok((counts.calls ?? 0) > 30, 'few calls came through');
  });
});
