/** When a delivery that failed is tried again, and how long an endpoint is left alone. Pure. */

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** Waits after the first attempt, the second and so on; after that the last of them again. */
const WAITS_MS = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
] as const;

/** For how long after its first attempt a delivery is tried, and after how much failure an endpoint is switched off, in ms. */
export const GIVE_UP_MS = 72 * HOUR;

/** Later by up to this part of the wait: what failed together does not come back together. */
const SPREAD = 0.2;

/**
 * How long to wait, in ms, after `attempts` of which the first was `sinceFirstMs` ago; null: no more. The last attempt
 * comes when it is time to give up, however long the wait before would be. `random` is uniform in [0, 1).
 */
export function waitAfter(
  {
    attempts,
    retryAfterMs,
    sinceFirstMs,
  }: { attempts: number; sinceFirstMs: number; retryAfterMs: number | null },
  random: number,
): number | null {
  if (sinceFirstMs >= GIVE_UP_MS) return null;
  const step = WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? WAITS_MS[0];
  const wait = Math.ceil(Math.max(step, retryAfterMs ?? 0) * (1 + SPREAD * random));
  return Math.min(wait, GIVE_UP_MS - sinceFirstMs);
}

/** Failures in a row that may be about what was delivered, and not about the endpoint. */
const FORGIVEN = 2;
const LONGEST_REST_MS = 5 * MINUTE;
/** Of what a receiver asks for: events that were never tried wait too. */
const LONGEST_ASKED_REST_MS = HOUR;

/**
 * How long nothing at all is tried at an endpoint that has failed so often in a row, in ms: whoever is away is not asked
 * once for everything that waits.
 */
export function restAfter(failures: number, retryAfterMs: number | null): number {
  const own = failures <= FORGIVEN ? 0 : Math.min(SECOND * 2 ** (failures - FORGIVEN), LONGEST_REST_MS);
  return Math.max(own, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_REST_MS));
}
