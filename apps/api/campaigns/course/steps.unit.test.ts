import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MOST_POINTS, stepFor, steps } from './steps.ts';

const HOUR = 3_600_000;

describe('Steps of a course', () => {
  it('are as short as its span allows', () => {
    assert.equal(stepFor(0), 10);
    assert.equal(stepFor(HOUR), 60);
    assert.equal(stepFor(24 * HOUR), 900);
    assert.equal(stepFor(14 * 24 * HOUR), 21_600);
  });

  it('are never more than are told, and never finer than need be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 * 366 * 24 * HOUR }), (span) => {
        const step = stepFor(span);
        assert.ok(Math.floor(span / 1_000 / step) <= MOST_POINTS);
        const finer = steps.filter((each) => each < step).at(-1);
        if (finer !== undefined) assert.ok(span / 1_000 / finer >= MOST_POINTS);
      }),
    );
  });
});
