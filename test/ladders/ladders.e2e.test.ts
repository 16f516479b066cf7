import assert from 'node:assert/strict';
import { runLadders } from './ladders.ts';

/** The short form of `npm run ladders`. */
describe('Campaigns with ladders', () => {
  it('bring everybody from step to step as an oracle says, in their hours and within their attempts', async () => {
    const { counts, faults } = await runLadders({
      seed: 20_261_127,
      contacts: [90, 20, 12],
      callsPerSecond: 40,
      messagesPerSecond: 40,
      kills: 4,
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(faults, []);
    for (const what of [
      'called because no_reply',
      'called because undelivered',
      'called because unreachable',
    ])
      assert.ok((counts[what] ?? 0) > 0, `nobody was ${what}`);
  });
});
