import assert from 'node:assert/strict';
import { simulate } from './started.ts';

/** What `npm test` has time for; `npm run simulate` takes any number. */
const FIRST = 1;
const SEEDS = 200;
/**
 * Of these, what comes to pass again: with campaigns and without, with stops and restarts, with several who wait for the same row, with throttle
 * groups, with WhatsApp and with restless streams.
 */
const AGAIN: readonly number[] = [1, 7, 9, 10, 14, 15, 22];

describe('The services in one process, in simulated time,', function () {
  this.timeout(1_800_000);

  it('lose nothing, repeat nothing and keep every order, and do the same again under the same seed, whatever ran before', async () => {
    const together = await simulate('--first', String(FIRST), '--seeds', String(SEEDS));
    assert.equal(together.code, 0, together.output);
    assert.equal(together.seeds.length, SEEDS);
    // Also in another order, and where PostgreSQL is asked what is known already; it has to say the same.
    const again = together.seeds.filter(({ seed }) => AGAIN.includes(seed)).toReversed();
    const alone = await simulate(...again.flatMap(({ seed }) => ['--seed', String(seed)]), '--ask-again');
    assert.equal(alone.code, 0, alone.output);
    assert.deepEqual(
      alone.seeds.map(({ digest, seed }) => ({ seed, digest })),
      again.map(({ digest, seed }) => ({ seed, digest })),
    );
  });
});
