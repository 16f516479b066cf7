import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVariants } from './experiment.ts';
import type { Share } from './interval.ts';

const of = (...shares: readonly [number, number][]): Share[] =>
  shares.map(([successes, trials]) => ({ successes, trials }));
const settings = { confidence: 0.95, sample: 100 } as const;

describe('Variants of a campaign', () => {
  for (const [what, shares, winner] of [
    ['have a winner where one is surely better', of([40, 200], [80, 200]), 1],
    ['have none where they may be alike', of([40, 200], [44, 200]), null],
    ['have none before each has its sample', of([10, 99], [90, 100]), null],
    ['have a winner that is better than every other', of([20, 200], [60, 200], [110, 200]), 2],
    ['have none where two are better than the third, and alike', of([20, 200], [105, 200], [110, 200]), null],
    ['have none where nobody did anything', of([0, 200], [0, 200]), null],
    ['have none where there is only one', of([100, 200]), null],
  ] as [string, Share[], number | null][]) {
    it(what, () => {
      assert.equal(compareVariants(shares, settings).winner, winner);
    });
  }

  it('are compared more strictly the more there are', () => {
    // 60 against 41 of 200 is enough for two at 95 %, and not for three.
    assert.equal(compareVariants(of([60, 200], [41, 200]), settings).winner, 0);
    assert.equal(compareVariants(of([60, 200], [41, 200], [41, 200]), settings).winner, null);
  });

  it('have at most one winner, the one with the greatest share, wherever it stands', () => {
    const any = fc
      .integer({ min: 100, max: 2_000 })
      .chain((trials) =>
        fc.record({ trials: fc.constant(trials), successes: fc.integer({ min: 0, max: trials }) }),
      );
    fc.assert(
      fc.property(fc.array(any, { minLength: 2, maxLength: 6 }), (shares) => {
        const { variants, winner } = compareVariants(shares, settings);
        const above = variants.filter(({ lead }) => lead.low > 0);
        assert.ok(above.length <= 1);
        if (winner !== null) {
          const best = Math.max(...variants.map(({ share }) => share));
          assert.equal(variants[winner]?.share, best);
        }
        const mirrored = compareVariants(shares.toReversed(), settings).winner;
        assert.equal(mirrored, winner === null ? null : shares.length - 1 - winner);
      }),
    );
  });
});
