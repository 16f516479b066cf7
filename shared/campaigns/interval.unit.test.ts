import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deviationsHolding, difference, type Share, wilson } from './interval.ts';

const Z = deviationsHolding(0.95);
const share = ([successes, trials]: readonly [number, number]): Share => ({ successes, trials });
const near = (actual: number, expected: number, within: number): void => {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
};
const anyShare: fc.Arbitrary<Share> = fc
  .integer({ min: 1, max: 5_000 })
  .chain((trials) => fc.integer({ min: 0, max: trials }).map((successes) => ({ successes, trials })));

describe('The interval of a share', () => {
  // Newcombe, Statistics in Medicine 17 (1998), pages 857 to 872, table I, method 3.
  for (const [of, low, high] of [
    [[81, 263], 0.2553, 0.3662],
    [[15, 148], 0.0624, 0.1605],
    [[0, 20], 0, 0.1611],
    [[1, 29], 0.0061, 0.1718],
  ] as const) {
    it(`is ${low} to ${high} for ${of.join(' of ')}`, () => {
      const interval = wilson(share(of), Z);
      near(interval.low, low, 5e-5);
      near(interval.high, high, 5e-5);
    });
  }

  it('is everything where nothing was tried', () => {
    assert.deepEqual(wilson({ successes: 0, trials: 0 }, Z), { low: 0, high: 1 });
  });

  it('holds the share, lies within 0 and 1, and is mirrored by failures', () => {
    fc.assert(
      fc.property(anyShare, ({ successes, trials }) => {
        const { high, low } = wilson({ successes, trials }, Z);
        assert.ok(low >= 0 && high <= 1 && low <= successes / trials && high >= successes / trials);
        const mirrored = wilson({ successes: trials - successes, trials }, Z);
        near(mirrored.low, 1 - high, 1e-12);
        near(mirrored.high, 1 - low, 1e-12);
      }),
    );
  });

  it('is narrower for a larger sample', () => {
    fc.assert(
      fc.property(anyShare, fc.integer({ min: 2, max: 50 }), ({ successes, trials }, times) => {
        const small = wilson({ successes, trials }, Z);
        const large = wilson({ successes: successes * times, trials: trials * times }, Z);
        assert.ok(large.high - large.low < small.high - small.low);
      }),
    );
  });
});

describe('The interval of a difference', () => {
  // Newcombe, Statistics in Medicine 17 (1998), pages 873 to 890, table II, method 10.
  for (const [a, b, low, high] of [
    [[56, 70], [48, 80], 0.0524, 0.3339],
    [[9, 10], [3, 10], 0.1705, 0.809],
    [[6, 7], [2, 7], 0.0582, 0.8062],
    [[5, 56], [0, 29], -0.0381, 0.1926],
    [[0, 10], [0, 20], -0.1611, 0.2775],
    [[10, 10], [0, 10], 0.6075, 1],
  ] as const) {
    it(`is ${low} to ${high} for ${a.join('/')} against ${b.join('/')}`, () => {
      const interval = difference(share(a), share(b), Z);
      near(interval.low, low, 5e-5);
      near(interval.high, high, 5e-5);
    });
  }

  it('is the same the other way round', () => {
    fc.assert(
      fc.property(anyShare, anyShare, (a, b) => {
        const there = difference(a, b, Z);
        const back = difference(b, a, Z);
        near(back.low, -there.high, 1e-12);
        near(back.high, -there.low, 1e-12);
      }),
    );
  });
});

describe('Standard deviations', () => {
  for (const [part, expected] of [
    [0.5, 0.6744897501960817],
    [0.9, 1.6448536269514722],
    [0.95, 1.959963984540054],
    [0.99, 2.5758293035489004],
    [0.999, 3.2905267314919255],
  ] as const) {
    it(`of ${expected} hold ${part}`, () => {
      near(deviationsHolding(part), expected, expected * 1.2e-9);
    });
  }

  it('hold no part beyond all and none', () => {
    for (const part of [0, 1, -1, Number.NaN]) assert.throws(() => deviationsHolding(part), RangeError);
  });
});
