import assert from 'node:assert/strict';
import { costRange } from './cost-range.ts';

const of = (margin: number, recipients: number, amount: string, attempts = 1) =>
  costRange(
    {
      basis: { contacts: 1_000, looked: 1_000, margin },
      recipients,
      cost: { currency: 'USD', amount, prices: [] },
    },
    attempts,
  );

describe('What a campaign may cost', () => {
  it('is what everybody costs once, and at the most every attempt', () => {
    assert.deepEqual(of(0, 1_000, '79.00'), { low: 79, high: 79 });
    assert.deepEqual(of(0, 1_000, '79.00', 3), { low: 79, high: 237 });
  });

  it('is as wide as a survey may be off', () => {
    assert.deepEqual(of(0.01, 500, '100.00'), { low: 98, high: 102 });
    assert.deepEqual(of(0, 0, '0.00'), { low: 0, high: 0 });
  });
});
