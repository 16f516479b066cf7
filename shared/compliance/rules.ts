import { isPhoneNumber } from '../phone/phone-number.ts';
import {
  ANSWER_MS,
  type Case,
  CONFIRMATION_MS,
  causeComesAt,
  isCapped,
  isGranted,
  isPlanned,
  isRecent,
  isSuppressed,
  speaksArtificially,
} from './case.ts';
import { HOUR_MS, type Instant, MINUTE_MS } from './instant.ts';
import { DAY_MS } from './local-day.ts';
import { exemptIntents, type Intent, intents, isExempt } from './touch.ts';

/** A copy of the do-not-call registry older than this is none (47 CFR 64.1200(c)(2)(i)(D)). */
export const DO_NOT_CALL_LIST_MS = 31 * DAY_MS;

/** The Reassigned Numbers Database changes monthly; an answer older than this says nothing about today. */
export const REASSIGNED_ANSWER_MS = 30 * DAY_MS;

/** When something that could not be read is worth another look. */
const READ_AGAIN_MS = MINUTE_MS;

/** The same for lists and answers that somebody has to fetch first: a million touches are not to ask every minute. */
const FETCHED_AGAIN_MS = HOUR_MS;

/**
 * One rule: what it stops, whom it concerns and where it comes from. Ids are kept with decisions and shown to people:
 * they never change their meaning. `since` is the rules version in which the rule got its present meaning.
 */
interface RuleOf<Id extends string, Verdict extends 'block' | 'hold'> {
  id: Id;
  since: string;
  verdict: Verdict;
  intents: readonly Intent[];
  says: string;
  source: string;
}

interface Judging {
  /** Whether it stops this one. */
  stops(judged: Case): boolean;
}

const planned = intents.filter(isPlanned);
const marketing = ['marketing'] as const;
const confirmation = ['opt_out_confirmation'] as const;
const once = exemptIntents;
/** All but those that must reach people who opted out. */
const isSuppressible = (intent: Intent): boolean => !isExempt(intent);
const suppressible = intents.filter(isSuppressible);

const since = '2026-11-26';
const DECISION = 'decision of this product';

const block = <Id extends string>(
  id: Id,
  rule: Omit<RuleOf<Id, 'block'>, 'id' | 'verdict' | 'since'> & Judging,
): RuleOf<Id, 'block'> & Judging => ({ id, since, verdict: 'block', ...rule });

interface Holding {
  againMs: number;
  /** When it is worth another look, where that is known. */
  until?(judged: Case): Instant | null;
}

/** Holds for `againMs`, or until the instant that is known. */
const hold = <Id extends string>(
  id: Id,
  rule: Omit<RuleOf<Id, 'hold'>, 'id' | 'verdict' | 'since'> & Judging & Partial<Holding>,
): RuleOf<Id, 'hold'> & Judging & Holding => ({
  id,
  since,
  verdict: 'hold',
  againMs: READ_AGAIN_MS,
  ...rule,
});

/** What can never go. First, so that nothing waits in vain. A fact that is missing stops nothing here. */
export const blockingRules = [
  block('number_invalid', {
    intents,
    says: 'The number is no phone number in its canonical form.',
    source: DECISION,
    stops: ({ facts }) => !isPhoneNumber(facts.phoneNumber),
  }),
  block('expired', {
    intents,
    says: 'The time after which the touch is worth nothing has come.',
    source: DECISION,
    stops: ({ touch, now }) => touch.notAfter !== null && !isBefore(now, touch.notAfter),
  }),
  block('suppressed', {
    intents: suppressible,
    says: 'The person opted out of this, or the number is on a list of suppressed numbers.',
    source: '47 CFR 64.1200(a)(10), (d)(3)',
    stops: isSuppressed,
  }),
  block('revoked', {
    intents: suppressible,
    says: 'Consent was revoked; a revocation that is still being carried out counts as one.',
    source: '47 CFR 64.1200(a)(10), (a)(11)',
    stops: ({ facts }) =>
      facts.consent?.status === 'opted_out' || facts.consent?.status === 'pending_opt_out',
  }),
  block('country_not_served', {
    intents: planned,
    says: 'The number is not of the United States or a territory; their rules are the only ones known here.',
    source: DECISION,
    stops: ({ location }) => location.country !== 'US',
  }),
  block('location_unknown', {
    intents: planned,
    says: 'Nothing says where the number is, and configuration blocks such numbers.',
    source: DECISION,
    stops: ({ location, config }) => config.unknownLocation === 'block' && location.zoneSource === 'none',
  }),
  block('no_consent', {
    intents: planned,
    says: 'There is no consent of any kind to this topic.',
    source: '47 CFR 64.1200(a)(1)',
    stops: (judged) => judged.facts.consent !== null && !isGranted(judged, () => true),
  }),
  block('no_written_consent', {
    intents: marketing,
    says: 'There is consent, but none in writing with the disclosures that marketing needs.',
    source: '47 CFR 64.1200(a)(2), (f)(9)',
    stops: (judged) => judged.facts.consent !== null && !isGranted(judged, ({ written }) => written),
  }),
  block('no_voice_consent', {
    intents,
    says: 'A recorded or synthetic voice, and no consent that names artificial voice (for marketing: in writing).',
    source: '47 CFR 64.1200(a)(1)(iii), (a)(3); FCC 24-17',
    stops: (judged) =>
      speaksArtificially(judged.touch) &&
      judged.facts.consent !== null &&
      !isGranted(
        judged,
        ({ artificialVoice, written }) => artificialVoice && (written || judged.touch.intent !== 'marketing'),
      ),
  }),
  block('number_reassigned', {
    intents: planned,
    says: 'The number was disconnected after consent was given: it may be somebody else now.',
    source: '47 CFR 64.1200(m); FCC 18-177',
    stops: isReassigned,
  }),
  block('reassigned_no_data', {
    intents: planned,
    says: 'The Reassigned Numbers Database does not know the number, and configuration requires that it does.',
    source: '47 CFR 64.1200(m)',
    stops: (judged) =>
      judged.config.reassignedNumbers === 'required' && judged.facts.reassigned?.answer === 'no_data',
  }),
  block('do_not_call', {
    intents: marketing,
    says: 'The number is on the national do-not-call registry.',
    source: '47 CFR 64.1200(c)(2)',
    stops: ({ facts }) => facts.doNotCall?.listed === true,
  }),
  block('carrier_confirmed', {
    intents: confirmation,
    says: 'The carrier has confirmed this opt-out already: there must be one confirmation.',
    source: '47 CFR 64.1200(a)(12); CTIA Messaging Principles (May 2023)',
    stops: ({ facts }) => facts.carrierConfirmed,
  }),
  block('overtaken', {
    intents: once,
    says: 'The person has lifted the opt-out since that this would confirm, or opted out since they asked for help.',
    source: '47 CFR 64.1200(a)(12)',
    stops: ({ facts }) => facts.overtaken,
  }),
  block('answered_already', {
    intents: once,
    says: 'The one message that this text asks for has gone.',
    source: '47 CFR 64.1200(a)(12); CTIA Messaging Principles (May 2023)',
    stops: ({ facts }) => facts.sentForCause !== null && !(facts.sentForCause < 1),
  }),
  block('cause_unknown', {
    intents: confirmation,
    says: 'Nobody knows when the opt-out came that this would confirm.',
    source: '47 CFR 64.1200(a)(12)',
    stops: ({ touch }) => touch.cause === null || !Number.isFinite(touch.cause),
  }),
  {
    ...block('whatsapp_window', {
      intents,
      says: 'Free text on WhatsApp, and it is not known that the person wrote to that number within the last 24 hours: only an approved template may go.',
      source: 'https://www.twilio.com/docs/api/errors/63016',
      stops: ({ touch, facts, now }) =>
        touch.needsWindow && !(facts.windowClosesAt !== null && isBefore(now, facts.windowClosesAt)),
    }),
    since: '2026-11-27',
  },
  {
    ...block('confirmation_late', {
      intents: confirmation,
      says: 'The opt-out is more than five minutes old: a confirmation is no longer presumed to be wanted.',
      source: '47 CFR 64.1200(a)(12)',
      stops: (judged) =>
        judged.config.lateConfirmation === 'block' &&
        causeComesAt(judged) === null &&
        !isRecent(judged.touch.cause, judged.now, CONFIRMATION_MS),
    }),
    since: '2026-11-28',
  },
] as const;

/** What cannot be known now. Doubt holds: the facts are looked at again. */
export const doubtRules = [
  hold('suppression_unknown', {
    intents,
    says: 'It could not be read whether the number is suppressed.',
    source: DECISION,
    stops: ({ facts }) => facts.suppressions === null,
  }),
  hold('consent_unknown', {
    intents,
    says: 'Consent could not be read. Confirmations and answers to HELP need none, unless a machine speaks them.',
    source: DECISION,
    stops: ({ facts, touch }) =>
      facts.consent === null && (isSuppressible(touch.intent) || speaksArtificially(touch)),
  }),
  hold('answers_unknown', {
    intents: once,
    says: 'It could not be read whether this text has been answered.',
    source: DECISION,
    stops: ({ facts }) => facts.sentForCause === null,
  }),
  {
    ...hold('cause_ahead', {
      intents: confirmation,
      says:
        'The opt-out that this would confirm seems to lie ahead: clocks differ, or were put back. It is confirmed as soon as ' +
        'that time has come, and not called late before.',
      source: '47 CFR 64.1200(a)(12)',
      stops: (judged) => judged.config.lateConfirmation === 'block' && causeComesAt(judged) !== null,
      until: causeComesAt,
    }),
    since: '2026-11-28',
  },
  hold('reassigned_unknown', {
    intents: planned,
    says: 'The Reassigned Numbers Database was not asked, or its answer is older than 30 days.',
    source: '47 CFR 64.1200(m)',
    againMs: FETCHED_AGAIN_MS,
    stops: ({ facts, config, now }) =>
      facts.reassigned === null
        ? config.reassignedNumbers === 'required'
        : !isRecent(facts.reassigned.askedAt, now, REASSIGNED_ANSWER_MS),
  }),
  hold('do_not_call_unknown', {
    intents: marketing,
    says: 'There is no do-not-call list, or it is older than 31 days.',
    source: '47 CFR 64.1200(c)(2)(i)(D); 16 CFR 310.4(b)(3)(iv)',
    againMs: FETCHED_AGAIN_MS,
    stops: ({ facts, config, now }) =>
      facts.doNotCall === null
        ? config.doNotCall === 'required'
        : !isRecent(facts.doNotCall.listDate, now, DO_NOT_CALL_LIST_MS),
  }),
  hold('touches_unknown', {
    intents: marketing,
    says: 'It could not be read how often the person was contacted, and there is a cap.',
    source: DECISION,
    stops: (judged) => judged.facts.marketingTouches === null && isCapped(judged),
  }),
] as const;

/** What the clock decides. Judged together, in `decide`: the time must satisfy all of them. */
export const timingRules = [
  {
    id: 'frequency_cap',
    since,
    verdict: 'hold',
    intents: marketing,
    says: 'The person got as much marketing as may be within a rolling period, texts and calls together.',
    source: 'caps of the table of states; configuration',
  },
  {
    id: 'quiet_hours',
    since,
    verdict: 'hold',
    intents: [...suppressible, 'help'],
    says:
      'Outside the hours of the federation, a state, the organisation or the programme, in a zone in which the person ' +
      `may be. A reply or an answer to HELP has no hours for ${ANSWER_MS / 60_000} minutes.`,
    source: '47 CFR 64.1200(c)(1); 16 CFR 310.4(c); table of states; configuration',
  },
  {
    id: 'superseded',
    since,
    verdict: 'block',
    intents: ['reply'],
    says:
      'It would have to wait for longer than the answer to a newer text of the person stays one: that one goes, and this ' +
      'one, which would come after it, does not.',
    source: DECISION,
  },
  {
    id: 'no_hours',
    since,
    verdict: 'block',
    intents: [...suppressible, 'help'],
    says: 'Nothing is allowed within the next 14 days.',
    source: DECISION,
  },
  {
    id: 'expires_first',
    since,
    verdict: 'block',
    intents,
    says: 'It may go only after the time at which it is worth nothing.',
    source: DECISION,
  },
] as const satisfies readonly RuleOf<string, 'block' | 'hold'>[];

export type RuleId = (
  | (typeof blockingRules)[number]
  | (typeof doubtRules)[number]
  | (typeof timingRules)[number]
)['id'];

/** Every rule, in the order in which they are asked. */
export const gateRules: readonly RuleOf<RuleId, 'block' | 'hold'>[] = [
  ...blockingRules,
  ...doubtRules,
  ...timingRules,
];

/** False also when either is no time at all. */
const isBefore = (now: Instant, then: Instant): boolean => now < then;

/** A `yes` holds until consent is given anew after the question. */
function isReassigned({ facts }: Case): boolean {
  const { reassigned, consent } = facts;
  if (reassigned?.answer !== 'yes') return false;
  return !(consent?.grants ?? []).some(({ givenAt }) => givenAt > reassigned.askedAt);
}
