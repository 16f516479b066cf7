import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { moneyOf, priceOf, priceSettings, pricesFrom } from './prices.ts';
import { Purse } from './spend.ts';

const prices = (environment: NodeJS.ProcessEnv = {}) => pricesFrom(readConfig(priceSettings, environment));

describe('What messages cost', () => {
  it('is by the segment for texts, and by the message with media, in whole millionths', () => {
    const some = prices({ SEGMENT_PRICES: 'twilio=0.0083,vonage=0.0068', MEDIA_PRICES: 'twilio=0.022' });
    assert.equal(priceOf({ segments: 3, hasMedia: false }, some, 'twilio'), 24_900);
    assert.equal(priceOf({ segments: 3, hasMedia: true }, some, 'twilio'), 22_000);
    assert.equal(priceOf({ segments: 1, hasMedia: false }, some, 'vonage'), 6_800);
    assert.equal(priceOf({ segments: 1, hasMedia: false }, some, 'aws'), 0);
    assert.equal(moneyOf(1_234_567, some), '1.23 USD');
  });

  for (const wrong of ['0.0083', 'twilio', 'twilio=-1', 'twilio=0.01,', 'acme=0.01', 'twilio=0.0000001']) {
    it(`is no list of prices: ${wrong}`, () => {
      assert.throws(() => prices({ SEGMENT_PRICES: wrong }), /prices by carrier/);
    });
  }
});

describe('The purse of a campaign', () => {
  it('never pays more than it has, and goes on with nothing behind what was too dear', () => {
    const message = fc.record({ segments: fc.integer({ min: 1, max: 11 }), hasMedia: fc.boolean() });
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 300_000 }),
        fc.array(message, { maxLength: 40 }),
        (left, messages) => {
          const purse = new Purse(left, prices(), 'twilio');
          let paid = 0;
          let hadEnough = false;
          for (const each of messages) {
            const pays = purse.pay(each);
            assert.ok(!(pays && hadEnough));
            if (pays) paid += priceOf(each, prices(), 'twilio');
            else hadEnough = true;
          }
          assert.ok(paid <= Math.max(0, left));
          assert.equal(purse.isEmpty, hadEnough);
        },
      ),
    );
  });

  it('pays for everything where there is no budget', () => {
    const purse = new Purse(null, prices(), 'twilio');
    assert.ok(purse.pay({ segments: 11, hasMedia: false }) && !purse.isEmpty);
  });
});
