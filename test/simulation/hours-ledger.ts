/**
 * What is promised of the hours of planned texts to people in New York, in winter: nothing here is taken from what keeps it
 * (shared/compliance). Pure.
 */

/** Minutes of the day in which a carrier may be given a text. */
const HOURS = { from: 8 * 60, to: 20 * 60 };
/** Nobody claims a text in their last minute: what a carrier was asked for is with it before they end. */
const CLOSES_EARLY_MS = 60_000;
/** For so long a transaction may have been under way that judges. */
const UNDER_WAY_MS = 10_000;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OFFSET_MS = -5 * 60 * MINUTE_MS;

/** A text that somebody planned. */
export interface PlannedText {
  phone: string;
  body: string;
  /** When it was claimed to be sent. */
  claims: readonly Date[];
  /** When a carrier accepted it. */
  acceptances: readonly Date[];
}

/** Texts that a carrier accepted outside of hours, or that were claimed to be sent when it was too late, or too early. */
export function hoursFaults(texts: readonly PlannedText[]): string[] {
  return texts.flatMap(({ acceptances, body, claims, phone }) => [
    ...acceptances
      .filter((at) => !isWithin(at, 0))
      .map((at) => `${phone} got "${body}" at ${at.toISOString()}, outside of hours`),
    ...claims
      .filter((at) => !isWithin(at, CLOSES_EARLY_MS - UNDER_WAY_MS))
      .map((at) => `"${body}" to ${phone} was claimed at ${at.toISOString()}, outside of hours`),
  ]);
}

/** `early`: so many ms before they end it is too late. */
function isWithin(at: Date, early: number): boolean {
  const ms = (at.getTime() + OFFSET_MS) % DAY_MS;
  return ms >= HOURS.from * MINUTE_MS && ms < HOURS.to * MINUTE_MS - early;
}
