/**
 * When too much goes wrong with what was sent: circuit breakers of campaigns and of numbers. Pure.
 *
 * Each measure is a share of something that is large enough to say something: of messages whose end is known, or of messages
 * that went out. One message too many of a small number trips nothing.
 */

/** What became of the messages of a campaign, or of a number, since its breaker began to count. */
export interface Sample {
  /** Messages that went out. */
  sent: number;
  /** Of those, messages whose end the carrier has told. */
  known: number;
  /** Of those, messages that did not arrive. */
  undelivered: number;
  /** Of those, messages that carriers filtered as spam. */
  filtered: number;
  /** People who asked to be left alone after one. */
  optedOut: number;
}

export const EMPTY_SAMPLE: Sample = { sent: 0, known: 0, undelivered: 0, filtered: 0, optedOut: 0 };

export const measures = ['filtered', 'undelivered', 'opted_out'] as const;
export type Measure = (typeof measures)[number];

export interface BreakerLimits {
  /** Fewest messages that a share is taken of. */
  least: number;
  /** Most of each, as a share between 0 and 1. */
  most: Readonly<Record<Measure, number>>;
}

/** What tripped a breaker. */
export interface Trip {
  measure: Measure;
  /** So many of so many. */
  count: number;
  of: number;
  /** The limit that this is above. */
  most: number;
}

const partsOf = (sample: Sample): Readonly<Record<Measure, { count: number; of: number }>> => ({
  filtered: { count: sample.filtered, of: sample.known },
  undelivered: { count: sample.undelivered, of: sample.known },
  opted_out: { count: sample.optedOut, of: sample.sent },
});

/** What is above its limit, the gravest first; null: all is well, or nobody can say yet. */
export function tripOf(sample: Sample, { least, most }: BreakerLimits): Trip | null {
  const parts = partsOf(sample);
  for (const measure of measures) {
    const { count, of } = parts[measure];
    if (of >= Math.max(1, least) && count > most[measure] * of)
      return { measure, count, of, most: most[measure] };
  }
  return null;
}

const said: Readonly<Record<Measure, string>> = {
  filtered: 'were filtered by carriers as spam',
  undelivered: 'did not arrive',
  opted_out: 'led to an opt-out',
};

const percentOf = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** A trip for people. `what`: of whatever went out. */
export const tripInWords = (
  { count, measure, most, of }: Trip,
  what: 'messages' | 'calls' = 'messages',
): string =>
  `${count} of the last ${of} ${what} (${percentOf(count / of)}) ${said[measure]}; at most ${percentOf(most)} may.`;

/** Samples of parts, together. */
export const addSamples = (a: Sample, b: Sample): Sample => ({
  sent: a.sent + b.sent,
  known: a.known + b.known,
  undelivered: a.undelivered + b.undelivered,
  filtered: a.filtered + b.filtered,
  optedOut: a.optedOut + b.optedOut,
});
