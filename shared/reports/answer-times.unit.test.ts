import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANSWER_TIME_BOUNDS, answerTimeBucket, answerTimeQuantile, noAnswerTimes } from './answer-times.ts';

const histogram = (...seconds: number[]): number[] => {
  const counts = noAnswerTimes();
  for (const each of seconds) {
    const bucket = answerTimeBucket(each * 1000);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
};

describe('Times to answer', () => {
  it('fall into the bucket below whose bound they are, also at its ends', () => {
    assert.equal(answerTimeBucket(-5), 0);
    assert.equal(answerTimeBucket(4_999), 0);
    assert.equal(answerTimeBucket(5_000), 1);
    assert.equal(answerTimeBucket(7 * 24 * 3_600_000), ANSWER_TIME_BOUNDS.length);
  });

  it('have no median without answers, and the last bound where it is beyond all', () => {
    assert.equal(answerTimeQuantile(noAnswerTimes(), 0.5), null);
    assert.equal(answerTimeQuantile(histogram(9e6), 0.5), 7 * 24 * 3600);
  });

  it('are spread evenly within a bucket', () => {
    assert.equal(answerTimeQuantile(histogram(31, 32), 0.5), 37.5);
    assert.equal(answerTimeQuantile(histogram(1, 31, 32, 33), 0.5), 35);
  });

  it('have quantiles in the bucket of the true one', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(seconds, fc.constantFrom(0.5, 0.9), (given, share) => {
        const sorted = [...given].sort((a, b) => a - b);
        const bucket = answerTimeBucket((sorted[Math.ceil(share * sorted.length) - 1] ?? 0) * 1000);
        const quantile = answerTimeQuantile(histogram(...given), share) ?? assert.fail();
        assert.ok(quantile >= (ANSWER_TIME_BOUNDS[bucket - 1] ?? 0));
        assert.ok(quantile <= (ANSWER_TIME_BOUNDS[bucket] ?? ANSWER_TIME_BOUNDS[bucket - 1] ?? 0));
      }),
    );
  });
});
