import {
  answersUntil,
  type Case,
  capsAllowFrom,
  caseOf,
  causeComesAt,
  isPlanned,
  openingFrom,
} from './case.ts';
import type { Consent, Facts } from './facts.ts';
import type { GateConfig } from './gate-config.ts';
import type { LocalWindow } from './hours/local-hours.ts';
import { LEAST_VALIDITY_MS, type Opening } from './hours/openings.ts';
import { regimeOf } from './hours/regime.ts';
import type { Instant } from './instant.ts';
import { type Location, locate, type Whereabouts } from './location/locate.ts';
import { blockingRules, doubtRules, type RuleId } from './rules.ts';
import { rulesVersion } from './rules-version.ts';
import type { Channel, Intent, Touch } from './touch.ts';

/**
 * The gate: whether something may go to a person now. Everything that goes out passes it inside the claim of the sender
 * or the caller, under the lock on the number; whoever plans for many people asks it before as well.
 *
 * Pure: no database, no network, no clock of its own. Whoever calls reads the facts for a whole batch in a few
 * statements, builds one `Touch` and one `Facts` a message, and calls `decide` for each in memory; zones, states and
 * hours are worked out once per kind of recipient and remembered. `GateConfig` is one object, loaded once and passed
 * again and again: what is remembered hangs on it.
 *
 * The caller
 * - reads suppressions, consent and touches under the same lock that a STOP takes, and counts requests on their way
 *   as touches;
 * - passes null for what it could not read, never an empty answer;
 * - stores `rule`, `until`, `rulesVersion` and the inputs with the message, and a record when the verdict changes;
 * - hands `validitySeconds(now, validUntil)` to the carrier, starts no request after `validUntil`, and asks again.
 */

/** What a decision went by, besides the number and the time. Equal for many; meant to be stored once by its hash. */
export interface Inputs {
  channel: Channel;
  intent: Intent;
  topic: string | null;
  artificialVoice: boolean;
  /** Whether the hours of planned touches were asked for. */
  hoursApply: boolean;
  location: Location;
  suppressions: number | null;
  consent: Consent['status'] | null;
  grants: number | null;
  /** Touches that were counted. */
  touches: number | null;
  sentForCause: number | null;
  doNotCall: boolean | null;
  reassigned: string | null;
  config: string;
  /** Of free text on WhatsApp alone: whether the person's window is known to be open. */
  windowIsOpen?: boolean;
}

interface Judged {
  /** `allowed` for what may go. */
  rule: RuleId | 'allowed';
  rulesVersion: string;
  inputs: Inputs;
}

export type Decision =
  /** Now, provided that the carrier gives up by `validUntil`. */
  | (Judged & { verdict: 'send'; validUntil: Instant })
  /** Ask again at `until`, never earlier than that. */
  | (Judged & { verdict: 'hold'; until: Instant })
  /** Never. */
  | (Judged & { verdict: 'block' });

/** Instants that the calendar can be asked about: 1970 to 9000. */
const LATEST = 221_845_392_000_000;

/**
 * Judges one touch. Total: any facts get a verdict, and what is missing or makes no sense never opens. More
 * suppressions, more touches or less consent never turn a hold or a block into a send.
 *
 * Throws a RangeError only for a `now` that is no time: then the caller's clock is broken, and not the message.
 */
export function decide(touch: Touch, facts: Facts, now: Instant, config: GateConfig): Decision {
  if (!(now >= 0 && now <= LATEST)) throw new RangeError(`the gate was asked about the time ${now}`);
  const judged = caseOf(touch, facts, now, config);
  const answered = answerEnds(judged);
  const by = (rule: RuleId | 'allowed'): Judged => ({
    rule,
    rulesVersion,
    inputs: inputsOf(judged, answered === null),
  });
  for (const rule of blockingRules) {
    if (concerns(rule, touch.intent) && rule.stops(judged)) return { verdict: 'block', ...by(rule.id) };
  }
  for (const rule of doubtRules) {
    if (concerns(rule, touch.intent) && rule.stops(judged)) {
      return { verdict: 'hold', until: rule.until?.(judged) ?? now + rule.againMs, ...by(rule.id) };
    }
  }
  const capped = capsAllowFrom(judged);
  const opening = answered === null ? openingFrom(judged, capped) : openingOfAnswer(judged, answered);
  if (opening === null) return { verdict: 'block', ...by('no_hours') };
  const ends = Math.min(opening.validUntil, touch.notAfter ?? Number.POSITIVE_INFINITY);
  const closes = touch.needsWindow ? (facts.windowClosesAt ?? now) : Number.POSITIVE_INFINITY;
  const validUntil = Math.min(ends, closes);
  if (closes - opening.at < LEAST_VALIDITY_MS) return { verdict: 'block', ...by('whatsapp_window') };
  if (validUntil - opening.at < LEAST_VALIDITY_MS) return { verdict: 'block', ...by('expires_first') };
  if (opening.at > now) {
    const rule = capped > now ? 'frequency_cap' : 'quiet_hours';
    const until = Math.min(opening.at, causeComesAt(judged) ?? Number.POSITIVE_INFINITY);
    return { verdict: 'hold', until, ...by(rule) };
  }
  return { verdict: 'send', validUntil, ...by('allowed') };
}

/**
 * When something may next go to somebody by the hours alone, or null when nothing allows it within two weeks. Equal to
 * `from` when it may go then; minute-exact otherwise. For whoever plans: reminders, scheduled starts, forecasts.
 */
export function nextAllowed(
  where: Whereabouts,
  intent: Intent,
  from: Instant,
  config: GateConfig,
  own: { windows?: readonly LocalWindow[] | null; artificialVoice?: boolean } = {},
): Instant | null {
  if (!isPlanned(intent)) return from;
  const location = locate(where, config.unknownPlaces);
  const regime = regimeOf(config, location, own.windows ?? null, own.artificialVoice ?? false);
  return regime.openings.next(from)?.at ?? null;
}

/** What a carrier is given as validity: whole seconds, never past `validUntil`; below 1 nothing may start any more. */
export const validitySeconds = (now: Instant, validUntil: Instant, mostSeconds = 36_000): number =>
  Math.max(0, Math.min(mostSeconds, Math.floor((validUntil - now) / 1_000)));

/** As `answersUntil`; an answer with too little time left for a request is a planned touch already. */
function answerEnds(judged: Case): Instant | null {
  const until = answersUntil(judged);
  if (until === null || judged.touch.intent === 'opt_out_confirmation') return until;
  return until - judged.now >= LEAST_VALIDITY_MS ? until : null;
}

/** An answer has its own quarter of an hour; where a window is open as well, the longer of the two. */
function openingOfAnswer(judged: Case, until: Instant): Opening {
  const { now, touch } = judged;
  const open = touch.intent === 'opt_out_confirmation' ? null : openingFrom(judged, now);
  const validUntil = open !== null && open.at <= now ? Math.max(until, open.validUntil) : until;
  return { at: now, validUntil };
}

const concerns = ({ intents }: { intents: readonly Intent[] }, intent: Intent): boolean =>
  intents.includes(intent);

function inputsOf({ touch, facts, location, config, now }: Case, hoursApply: boolean): Inputs {
  return {
    channel: touch.channel,
    intent: touch.intent,
    topic: touch.topic,
    artificialVoice: touch.artificialVoice,
    hoursApply,
    location,
    suppressions: facts.suppressions?.length ?? null,
    consent: facts.consent?.status ?? null,
    grants: facts.consent?.grants.length ?? null,
    touches: facts.marketingTouches?.length ?? null,
    sentForCause: facts.sentForCause,
    doNotCall: facts.doNotCall?.listed ?? null,
    reassigned: facts.reassigned?.answer ?? null,
    config: config.id,
    ...(touch.needsWindow
      ? { windowIsOpen: facts.windowClosesAt !== null && facts.windowClosesAt > now }
      : {}),
  };
}
