import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readConfig } from '#shared/config.ts';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { chargeOf } from './charge-calls.ts';
import type { EndedCall } from './deliveries.ts';
import { priceSettings, pricesFrom } from './prices.ts';

const prices = pricesFrom(
  readConfig(priceSettings, {
    CALL_MINUTE_PRICES: 'twilio=0.014',
    CALL_DETECTION_PRICES: 'twilio=0.0075',
  }),
);
const ended = (more: Partial<EndedCall>): EndedCall => ({
  ...{ outcome: 'answered', seconds: 30, price: null, currency: null },
  ...more,
});

describe('What a call has cost', () => {
  for (const [what, call, micros] of [
    ['each minute that has begun, and the listening', { seconds: 61 }, 35_500],
    ['a minute where it was over at once', { seconds: 0 }, 21_500],
    ['the same with a machine', { outcome: 'machine', seconds: 60 }, 21_500],
    ['the same with somebody who wants no more', { outcome: 'opted_out' }, 21_500],
    ['what the carrier charged, and the listening', { price: '0.0130', currency: 'USD' }, 20_500],
    ['the minutes where the price is in another currency', { price: '0.0130', currency: 'EUR' }, 21_500],
    ['nothing where it was not taken', { outcome: 'busy', seconds: null }, 0],
    ['nothing where nobody answered', { outcome: 'no_answer', seconds: null }, 0],
    ['what was charged all the same', { outcome: 'failed', price: '0.01', currency: 'USD' }, 10_000],
    ['what was planned while nobody knows how long it was', { seconds: null }, null],
    ['what was planned while nobody knows how it ended', { outcome: null }, null],
  ] as [string, Partial<EndedCall>, number | null][]) {
    it(`is ${what}`, () => assert.equal(chargeOf(ended(call), prices, 'twilio'), micros));
  }

  it('is a whole number of millionths, never below nothing', () => {
    fc.assert(
      fc.property(
        fc.record({
          outcome: fc.constantFrom(null, ...callOutcomes),
          seconds: fc.option(fc.integer({ min: 0, max: 600 })),
          price: fc.option(fc.integer({ min: 0, max: 1_000_000 }).map((n) => (n / 100_000).toFixed(5))),
          currency: fc.constantFrom('USD', 'EUR'),
        }),
        (call) => {
          const micros = chargeOf(call, prices, 'twilio');
          assert.ok(micros === null || (Number.isInteger(micros) && micros >= 0));
        },
      ),
    );
  });
});
