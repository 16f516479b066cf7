import type { Lane } from '#shared/contracts/turn.ts';

/**
 * Token buckets: how fast numbers, pools and accounts may send. A bucket fills with its rate up to its capacity. A message
 * takes its segments from each bucket that it falls under, or waits and takes from none.
 *
 * What is let through in any t seconds is never more than `rate * t + capacity + (the largest message - 1)`: a message needs
 * one token and may take the bucket below nothing, so that long messages do not starve behind short ones.
 *
 * Answers go before what is planned: planned messages leave `reserve` tokens alone, answers take all.
 */

/** What one bucket allows. */
export interface BucketLimit {
  /** What is limited; alike for everybody who shares it. */
  key: string;
  /** Segments per second. */
  rate: number;
  /** Most tokens that are kept while nothing is sent, in segments. */
  capacity: number;
  /** Of those, what only answers take. */
  reserve: number;
}

/** How much of a rate may be saved up, in seconds of it. */
const SAVED_SECONDS = 0.5;
/** And at least so much, in segments: whoever comes a moment late for a token of a slow number finds it still there. */
const LEAST_SAVED = 3;

/** A bucket of a rate, in segments per second. */
export function bucketOf(key: string, rate: number): BucketLimit {
  const capacity = Math.max(LEAST_SAVED, rate * SAVED_SECONDS);
  return { key, rate, capacity, reserve: Math.max(1, capacity / 4) };
}

/** A message that wants to go. */
export interface PacedRequest {
  /** Segments. */
  cost: number;
  lane: Lane;
  /** Names it when it comes again; left out: it is another one each time. */
  id?: string;
  /** All of them have to allow it. */
  limits: readonly BucketLimit[];
}

/** Where a bucket stands. */
export interface BucketState {
  /** Tokens: below 0 after a message that was larger than what was left. */
  level: number;
  /** In ms of whatever clock the caller has. */
  at: number;
}

/** A bucket that nobody knows begins with what answers may take: lost state is no leave for a burst. */
const freshBucket = ({ reserve }: BucketLimit, now: number): BucketState => ({ level: reserve, at: now });

/** Rounding must not cost a turn. */
const MARGIN = 1e-6;

/**
 * Lets through what the buckets allow, in the order of the requests, and says for each of the others in how many ms it may
 * try again: one after the other, as they stand. 0: it may go, and its tokens are taken. `back` is what was taken before
 * and not used. Changes `states`. The script in Redis does the same (`redis-buckets.ts`).
 */
export function takeTokens(
  states: Map<string, BucketState>,
  requests: readonly PacedRequest[],
  now: number,
  back: readonly PacedRequest[] = [],
): number[] {
  const limits = new Map(
    [...requests, ...back].flatMap((each) => each.limits.map((limit) => [limit.key, limit])),
  );
  const behind = new Map<string, number>();
  for (const limit of limits.values()) states.set(limit.key, filled(states.get(limit.key), limit, now));
  const levelOf = (key: string): BucketState => {
    const state = states.get(key);
    if (state === undefined) throw new Error('a bucket was not filled');
    return state;
  };
  for (const { cost, limits: named } of back) {
    for (const { capacity, key } of named) {
      const state = levelOf(key);
      state.level = Math.min(capacity, state.level + cost);
    }
  }
  return requests.map(({ cost, lane, limits: named }) => {
    let waitMs = 0;
    for (const { key, rate, reserve } of named) {
      const needed = 1 + (lane === 'replies' ? 0 : reserve);
      const lacking = needed - MARGIN - levelOf(key).level;
      if (lacking > 0) waitMs = Math.max(waitMs, ((lacking + (behind.get(key) ?? 0)) / rate) * 1_000);
    }
    for (const { key } of named) {
      if (waitMs === 0) levelOf(key).level -= cost;
      else behind.set(key, (behind.get(key) ?? 0) + cost);
    }
    return Math.ceil(waitMs);
  });
}

function filled(state: BucketState | undefined, limit: BucketLimit, now: number): BucketState {
  if (state === undefined) return freshBucket(limit, now);
  const elapsed = Math.max(0, now - state.at);
  return {
    level: Math.min(limit.capacity, state.level + (elapsed / 1_000) * limit.rate),
    at: Math.max(state.at, now),
  };
}
