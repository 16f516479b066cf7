import { HOUR_MS, type Instant, MINUTE_MS } from './instant.ts';

/** For so long after a person's message to one of our numbers on WhatsApp may free text go from it: https://www.twilio.com/docs/api/errors/63016 */
export const WINDOW_MS = 24 * HOUR_MS;

/**
 * So much earlier it counts as closed. What a webhook brings says not when it was written: it may have been repeated for a
 * minute and more, clocks differ, and the provider asks again when it hands the message on.
 */
export const WINDOW_MARGIN_MS = 15 * MINUTE_MS;

/** By how much a message may seem to have come after now before its time is not believed. */
const SKEW_MS = MINUTE_MS;

/** The last message of a person to a number of ours on WhatsApp, by two clocks. */
export interface LastHeard {
  /** How long ago it was, by the database's clock, in ms. */
  ageMs: number;
  /** When it was, in business time. */
  heardOn: Instant;
}

/**
 * When free text may no longer go, in business time, by whichever clock says so first; null: it is not known that it may at all.
 * Business time is skipped on one machine alone, and there the simulated carrier goes by it. Pure.
 */
export function windowCloses(heard: LastHeard | null, now: Instant): Instant | null {
  if (heard === null) return null;
  const { ageMs, heardOn } = heard;
  // Also where either is no number.
  if (!(ageMs >= -SKEW_MS && heardOn - now <= SKEW_MS)) return null;
  const lasts = WINDOW_MS - WINDOW_MARGIN_MS;
  return Math.min(now - Math.max(0, ageMs), Math.min(now, heardOn)) + lasts;
}
