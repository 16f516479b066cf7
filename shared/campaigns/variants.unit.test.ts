import assert from 'node:assert/strict';
import fc from 'fast-check';
import { variantOf } from './variants.ts';

const CAMPAIGN = '018f0000-0000-7000-8000-000000000001';

describe('Variants of a campaign', () => {
  it('are drawn by their weights', () => {
    const counts = [0, 0, 0];
    for (let n = 0; n < 20_000; n += 1) {
      const variant = variantOf(CAMPAIGN, `contact ${n}`, [1, 2, 7]);
      counts[variant] = (counts[variant] ?? 0) + 1;
    }
    // Five standard deviations of the share.
    for (const [index, share] of [0.1, 0.2, 0.7].entries()) {
      const spread = 5 * Math.sqrt(20_000 * share * (1 - share));
      assert.ok(Math.abs((counts[index] ?? 0) - 20_000 * share) < spread, String(counts));
    }
  });

  it('are the same for the same contact, always one of them, whatever the weights', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.uuid(),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 9 }),
        (campaign, contact, weights) => {
          const variant = variantOf(campaign, contact, weights);
          assert.ok(variant >= 0 && variant < weights.length);
          assert.equal(variantOf(campaign, contact, weights), variant);
        },
      ),
    );
  });
});
