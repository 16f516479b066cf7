import assert from 'node:assert/strict';
import { type Reached, rateOf, seen } from './work-rate.ts';

const stepped = (...steps: [at: number, done: number][]): readonly Reached[] =>
  steps.reduce<readonly Reached[]>((before, [at, done]) => seen(before, { at, done }), []);

describe('The rate of long work', () => {
  it('is what was done since it was first seen, and says how long the rest takes', () => {
    assert.deepEqual(rateOf(stepped([0, 0], [1_000, 5_000], [2_000, 10_000]), 30_000), {
      perSecond: 5_000,
      remainingMs: 4_000,
    });
  });

  it('is not known from one look, nor from two that are close', () => {
    assert.equal(rateOf(stepped([0, 0]), 10), null);
    assert.equal(rateOf(stepped([0, 0], [100, 5]), 10), null);
    assert.equal(rateOf([], 10), null);
  });

  it('is that of the last seconds', () => {
    const rate = rateOf(stepped([0, 0], [10_000, 100_000], [60_000, 100_100], [62_000, 100_300]), 100_500);
    assert.deepEqual(rate, { perSecond: 100, remainingMs: 2_000 });
  });

  it('begins anew when the work does', () => {
    assert.deepEqual(rateOf(stepped([0, 900], [1_000, 0], [2_000, 50]), 100), {
      perSecond: 50,
      remainingMs: 1_000,
    });
  });
});
