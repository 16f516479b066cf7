/** When a message whose end nobody reported is looked up at its carrier, by its age. Pure. */

export interface FollowUpTimes {
  /** Age at the first look, in ms. */
  firstMs: number;
  /** Age at the last look, in ms: a message that is still `sent` then ends as `sent_unconfirmed`. */
  unconfirmedMs: number;
}

/**
 * Ages of the looks, in ages of the first one; after the last of them each is twice the one before. With 5 minutes:
 * 5 min, 30 min, 2 h, 12 h, 24 h, 48 h. Callbacks that were lost in an outage are found by the first look, networks
 * that confirm late by the next ones; after that waiting longer costs nobody anything.
 */
const LADDER = [1, 6, 24, 144, 288, 576] as const;

/** Later by up to this part of the wait, so that what was accepted together is not asked for together for ever. */
const SPREAD = 0.1;

/**
 * When a message of age `ageMs` is looked up next, as an age in ms; steps that have passed are left out. The last look
 * is exactly at `unconfirmedMs`. Null: that was the last. `random` is uniform in [0, 1).
 */
export function nextLookAge(ageMs: number, times: FollowUpTimes, random: number): number | null {
  if (ageMs >= times.unconfirmedMs) return null;
  const step = stepAfter(ageMs, times.firstMs);
  const spread = step + (step - Math.max(0, ageMs)) * SPREAD * random;
  return Math.min(times.unconfirmedMs, Math.ceil(spread));
}

function stepAfter(ageMs: number, firstMs: number): number {
  let step = firstMs;
  for (const multiple of LADDER) {
    step = multiple * firstMs;
    if (step > ageMs) return step;
  }
  while (step <= ageMs) step *= 2;
  return step;
}
