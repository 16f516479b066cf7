import type { Facts, Grant } from './facts.ts';
import type { GateConfig } from './gate-config.ts';
import type { Opening } from './hours/openings.ts';
import { regimeOf } from './hours/regime.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from './instant.ts';
import { type Location, locate } from './location/locate.ts';
import type { Intent, Touch } from './touch.ts';

/** A reply or an answer to HELP is one for so long; after that the hours of planned touches apply to it. */
export const ANSWER_MS = 15 * MINUTE_MS;

/** 47 CFR 64.1200(a)(12): a confirmation within five minutes is presumed to be covered by the consent. */
export const CONFIRMATION_MS = 5 * MINUTE_MS;

/** How far a carrier's clock may be ahead of ours before what it says is not believed. */
export const CLOCK_SKEW_MS = MINUTE_MS;

/** A request must start within this real time of the beginning of its claim, or not at all. */
export const POSTING_DEADLINE_MS = 2_000;

/**
 * Caps count a touch from its claim, and its request may start so much later: two of them are a period apart only if that
 * is added. One second more for clocks that differ.
 */
export const CAP_MARGIN_MS = POSTING_DEADLINE_MS + 1_000;

/** One touch to be judged, with everything that rules ask about. */
export interface Case {
  touch: Touch;
  facts: Facts;
  config: GateConfig;
  now: Instant;
  location: Location;
}

export function caseOf(touch: Touch, facts: Facts, now: Instant, config: GateConfig): Case {
  return { touch, facts, config, now, location: locate(facts, config.unknownPlaces) };
}

/** Whether it was planned, and not brought about by something the person just did. */
export const isPlanned = (intent: Intent): boolean => intent === 'transactional' || intent === 'marketing';

/** Whether something a while ago is at most `ms` old. False for what is unknown, from the future or no time at all. */
export const isRecent = (at: Instant | null, now: Instant, ms: number): boolean =>
  at !== null && at - now <= CLOCK_SKEW_MS && now - at < ms;

/** Until when the hours of planned touches do not apply; null: they do. */
export function answersUntil({ touch, now }: Case): Instant | null {
  const { intent, cause } = touch;
  if (isPlanned(intent)) return null;
  const lasts = intent === 'opt_out_confirmation' ? CONFIRMATION_MS : ANSWER_MS;
  if (cause !== null && isRecent(cause, now, lasts)) return cause + lasts;
  // One that is late, where configuration lets it go at all, goes at once or not at all.
  return intent === 'opt_out_confirmation' ? now + CONFIRMATION_MS : null;
}

/**
 * When the cause of an answer is not ahead of our clock any more; null: it is not ahead. Whoever noted the cause went by a clock that is
 * ahead of ours, or ours was put back: what was answered a moment ago is believed again as soon as that time has come.
 */
export function causeComesAt({ touch: { cause, intent }, now }: Case): Instant | null {
  if (isPlanned(intent) || cause === null || !Number.isFinite(cause)) return null;
  return cause - now > CLOCK_SKEW_MS ? cause - CLOCK_SKEW_MS : null;
}

/** Whether the person took back the consent to this, by suppressions. Only asked when they could be read. */
export function isSuppressed({ touch, facts, config }: Case): boolean {
  return (facts.suppressions ?? []).some(
    ({ topic }) =>
      topic === null || touch.topic === null || topic === touch.topic || config.revocationScope === 'sender',
  );
}

/** Whether there is consent of some kind to this topic. */
export const isGranted = ({ touch, facts }: Case, kind: (grant: Grant) => boolean): boolean =>
  facts.consent?.status === 'opted_in' &&
  facts.consent.grants.some((grant) => (grant.topic === null || grant.topic === touch.topic) && kind(grant));

/** Whether it is a call with a recorded or synthetic voice. */
export const speaksArtificially = ({ channel, artificialVoice }: Touch): boolean =>
  channel === 'voice' && artificialVoice;

const regimeFor = ({ config, location, touch }: Case) =>
  regimeOf(config, location, touch.windows, speaksArtificially(touch));

export const isCapped = (judged: Case): boolean =>
  judged.touch.intent === 'marketing' && regimeFor(judged).caps.length > 0;

/**
 * From when on caps allow another touch: now, or when enough of the earlier ones are old enough. Times in the future
 * or no times at all count as now.
 */
export function capsAllowFrom(judged: Case): Instant {
  const { now } = judged;
  const touches = judged.facts.marketingTouches ?? [];
  if (!isCapped(judged)) return now;
  let from = now;
  for (const { count, hours } of regimeFor(judged).caps) {
    if (!(count >= 1)) return Number.POSITIVE_INFINITY;
    const lasts = hours * HOUR_MS + CAP_MARGIN_MS;
    const ends = touches
      .map((at) => (at <= now ? at : now) + lasts)
      .filter((end) => end > now)
      .sort((a, b) => a - b);
    const last = ends[ends.length - count];
    if (last !== undefined && last > from) from = last;
  }
  return from;
}

/** The first opening for a planned touch from a time on; null: none in sight. */
export const openingFrom = (judged: Case, from: Instant): Opening | null =>
  regimeFor(judged).openings.next(from);
