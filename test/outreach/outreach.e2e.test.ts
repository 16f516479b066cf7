import assert from 'node:assert/strict';
import { runOutreach } from './outreach.ts';

/** The short form of `npm run outreach`. */
describe('While campaigns are under way and their processes are killed', () => {
  it('everybody gets everything once, what is paused rests, and counts are what rows are', async () => {
    const { counts, faults } = await runOutreach({
      seed: 20_261_126,
      contactsEach: 60,
      learners: 8,
      messagesPerSecond: 10,
      kills: 4,
      killsWhileAnswered: 2,
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(faults, []);
    assert.equal(counts.kills, 6);
    assert.ok((counts['answers to the lesson'] ?? 0) > 0 && (counts['opted out'] ?? 0) > 0);
  });
});
