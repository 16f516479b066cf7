import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { carrierNames } from '#shared/contracts/dialog-commands.ts';
import { moneyOf, priceOf, priceSettings, pricesFrom } from './prices.ts';
import { Purse } from './spend.ts';

const prices = (environment: NodeJS.ProcessEnv = {}) => pricesFrom(readConfig(priceSettings, environment));

describe('What messages cost', () => {
  it('is by the segment for texts, and by the message with media, in whole millionths', () => {
    const some = prices({ SEGMENT_PRICES: 'twilio=0.0083,vonage=0.0068', MEDIA_PRICES: 'twilio=0.022' });
    assert.equal(priceOf({ kind: 'text', segments: 3, hasMedia: false }, some, 'twilio'), 24_900);
    assert.equal(priceOf({ kind: 'text', segments: 3, hasMedia: true }, some, 'twilio'), 22_000);
    assert.equal(priceOf({ kind: 'text', segments: 1, hasMedia: false }, some, 'vonage'), 6_800);
    assert.equal(moneyOf(1_234_567, some), '1.23 USD');
  });

  it('is by the minute for calls, with what listening for a machine costs', () => {
    const some = prices({ CALL_MINUTE_PRICES: 'twilio=0.014', CALL_DETECTION_PRICES: 'twilio=0.0075' });
    assert.equal(priceOf({ kind: 'call', minutes: 2 }, some, 'twilio'), 35_500);
  });

  it('is the list price where nobody says what they pay, with the day and the place where it was read', () => {
    const { media, segment } = prices();
    for (const [price, micros] of [
      [segment.twilio, 8_300],
      [media.twilio, 22_000],
    ] as const) {
      assert.equal(price.micros, micros);
      assert.ok(price.basis.kind === 'listed');
      assert.match(price.basis.seen, /^20\d\d-\d\d-\d\d$/);
      assert.match(price.basis.source, /^https:/);
    }
  });

  it('is the dearest that is known, and says so, where nobody knows: a budget never takes a message for free', () => {
    const { media, segment } = prices({ SEGMENT_PRICES: 'vonage=0.0105' });
    assert.deepEqual(segment.vonage, { micros: 10_500, basis: { kind: 'given' } });
    assert.deepEqual(segment.aws, { micros: 10_500, basis: { kind: 'assumed' } });
    assert.deepEqual(media.aws, { micros: 22_000, basis: { kind: 'assumed' } });
  });

  it('is never nothing for listening for a machine, which no carrier lists: an assumption that says so', () => {
    const { detection } = prices();
    for (const carrier of carrierNames) {
      assert.deepEqual(detection[carrier], { micros: 7_500, basis: { kind: 'assumed' } });
    }
    const call = { kind: 'call', minutes: 1 } as const;
    assert.equal(priceOf(call, prices(), 'twilio'), 20_500);
    assert.equal(priceOf(call, prices({ CALL_DETECTION_PRICES: 'vonage=0' }), 'twilio'), 20_500);
    assert.equal(priceOf(call, prices({ CALL_DETECTION_PRICES: 'vonage=0.01' }), 'twilio'), 23_000);
    assert.equal(priceOf(call, prices({ CALL_DETECTION_PRICES: 'twilio=0' }), 'twilio'), 13_000, 'as given');
  });

  it('is above nothing of whatever is paid for, by every carrier, where nobody says what they pay', () => {
    const { currency: _, ...all } = prices();
    for (const [what, each] of Object.entries(all)) {
      for (const carrier of carrierNames) assert.ok(each[carrier].micros > 0, `${what} by ${carrier}`);
    }
  });

  it('is an assumption where list prices are in another currency', () => {
    const { segment } = prices({ PRICE_CURRENCY: 'EUR' });
    assert.deepEqual(segment.twilio, { micros: 8_300, basis: { kind: 'assumed' } });
  });

  for (const wrong of ['0.0083', 'twilio', 'twilio=-1', 'twilio=0.01,', 'acme=0.01', 'twilio=0.0000001']) {
    it(`is no list of prices: ${wrong}`, () => {
      assert.throws(() => prices({ SEGMENT_PRICES: wrong }), /prices by carrier/);
    });
  }
});

describe('The purse of a campaign', () => {
  it('never pays more than it has, and goes on with nothing behind what was too dear', () => {
    const message = fc.record({
      kind: fc.constant('text' as const),
      segments: fc.integer({ min: 1, max: 11 }),
      hasMedia: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 300_000 }),
        fc.array(message, { maxLength: 40 }),
        (left, messages) => {
          const purse = new Purse(left, prices());
          let paid = 0;
          let hadEnough = false;
          for (const each of messages) {
            const pays = purse.pay(each, 'twilio');
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
    const purse = new Purse(null, prices());
    assert.ok(purse.pay({ kind: 'text', segments: 11, hasMedia: false }, 'twilio') && !purse.isEmpty);
  });
});
