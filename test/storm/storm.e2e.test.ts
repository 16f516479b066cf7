import assert from 'node:assert/strict';
import { runStorm } from './storm.ts';

/** The short form of `npm run storm`. */
describe('While a third of the people of a campaign text STOP', () => {
  it('nothing reaches who has stopped but one confirmation, no cap is passed, and the others get everything once', async () => {
    const { counts, faults } = await runStorm({
      phones: 60,
      messagesEach: 10,
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(faults, []);
    assert.equal(counts.stops, 20);
    assert.ok((counts.calls ?? 0) > 0, 'no call came through');
  });
});
