/**
 * How long people took to answer, as a small histogram of fixed bounds: sums of histograms are exact in any order, and a
 * million answers take as much room as one.
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Upper bounds of the buckets, in seconds, exclusive. What took longer than the last is in one more bucket. */
export const ANSWER_TIME_BOUNDS: readonly number[] = [
  ...[5, 10, 15, 20, 30, 45, MINUTE, 1.5 * MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 10 * MINUTE],
  ...[
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
  ],
];

export const noAnswerTimes = (): number[] => new Array<number>(ANSWER_TIME_BOUNDS.length + 1).fill(0);

/** The bucket of an answer that took so many ms. What seems to have come before its question took no time. */
export function answerTimeBucket(ms: number): number {
  const index = ANSWER_TIME_BOUNDS.findIndex((bound) => ms < bound * 1000);
  return index < 0 ? ANSWER_TIME_BOUNDS.length : index;
}

/**
 * The time, in seconds, within which that share of answers came; null: there are none. Within a bucket answers are taken
 * to be spread evenly, so that it is at most a bucket off; beyond the last bound it is that bound: "at least so long".
 */
export function answerTimeQuantile(counts: readonly number[], share: number): number | null {
  const sample = counts.reduce((sum, count) => sum + count, 0);
  if (sample === 0) return null;
  const wanted = share * sample;
  let before = 0;
  for (const [index, count] of counts.entries()) {
    const from = ANSWER_TIME_BOUNDS[index - 1] ?? 0;
    if (count > 0 && before + count >= wanted) {
      const to = ANSWER_TIME_BOUNDS[index] ?? from;
      return from + (to - from) * ((wanted - before) / count);
    }
    before += count;
  }
  return ANSWER_TIME_BOUNDS.at(-1) ?? null;
}
