import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import { AWAITING_REPLY, awaitsUntil, mostTriesOf, type OnLadder, stepBack, stepOn } from './climbing.ts';
import type { ContactState } from './counts.ts';
import { type DeliveryOutcome, hasArrived } from './deliveries.ts';
import { type Climb, type Ending, followedBy, pathTo } from './ladder.ts';
import { type RetryRule, retryAt, retryRule } from './retry.ts';
import { endingOfFailedCall, endingOfMiss } from './text-ending.ts';

/** Where a contact of a campaign stands, and what reports of the carrier make of it. Pure. */

export interface Standing {
  state: ContactState;
  rule: string | null;
  /** Pending, held: not before. */
  dueAt: Date | null;
  /** Of the newest message. */
  messageId: string | null;
  /** Messages that were at the carrier. */
  attempts: number;
  hasReplied: boolean;
  /** A message of the campaign arrived. */
  isReached: boolean;
  /**
   * Of the newest message that did not arrive: what they are when it is not tried again. Once somebody took a call of theirs,
   * that, where more is sent to them: it is what they are at the end, whatever becomes of it.
   */
  missed: { state: MissedState; rule: string | null } | null;
  /** Null: their campaign has none. */
  ladder: OnLadder | null;
}

export type MissedState = 'failed' | 'undelivered' | 'answered';

/** What the carrier says of one of their messages. */
export interface Report {
  messageId: string;
  outcome: DeliveryOutcome;
  errorCode: string | null;
  carrier: CarrierName;
  /** How a call ended; null: it was a text, or nobody knows. */
  call: CallOutcome | null;
  /** Of which step the message is; null: of none. */
  step: number | null;
}

/** Of whoever the carrier says nothing more about. */
export const UNCONFIRMED = 'unconfirmed';

/**
 * Where somebody stands after a report. Whoever was reached by one message stays reached, whatever becomes of another; only
 * the newest message says that somebody was not. Idempotent. Whoever's next message is queued stays so: `withdraws` says
 * that it has to be taken back first.
 */
export function afterReport(standing: Standing, report: Report, rule: RetryRule, now: Date): Standing {
  const { ladder } = standing;
  if (hasArrived(report.outcome)) {
    return ladder === null ? heard(standing, report) : heardOnLadder(standing, ladder, report, rule, now);
  }
  // Of a ladder an earlier step may have arrived: that says nothing of the newest.
  if ((standing.isReached && ladder === null) || standing.state === 'queued') return standing;
  if (report.messageId !== standing.messageId || hasGoneOn(standing)) return standing;
  switch (report.outcome) {
    case 'unconfirmed':
      return standing.state === 'sent' ? { ...standing, rule: UNCONFIRMED } : standing;
    case 'undelivered':
    case 'failed':
      return missed(standing, report.outcome, report, rule, now);
    default:
      return standing;
  }
}

/** Outcomes of calls that reached somebody, and what these are then. */
const byCall: Readonly<Partial<Record<CallOutcome, Pick<Standing, 'state' | 'rule'>>>> = {
  answered: { state: 'answered', rule: null },
  // They heard it, and want no more.
  opted_out: { state: 'answered', rule: 'opted_out' },
  // It was left a message, for whoever listens to it.
  machine: { state: 'delivered', rule: 'machine' },
};

/** Somebody whom a message or a call has reached; who took the call says what they are. A person stays one, whatever becomes of other calls. */
function heard(standing: Standing, { call, messageId }: Report): Standing {
  const to = reached(standing);
  const as = call === null ? undefined : byCall[call];
  if (as === undefined) return to;
  // They are that once what is queued has been taken back, or has gone.
  if (to.state === 'queued') return isAnswered(as) ? { ...to, missed: as } : to;
  if (to.state === as.state && to.rule === as.rule) return to;
  return to.state === 'answered' && messageId !== to.messageId ? to : { ...to, ...as };
}

/** Somebody whose message is with them. One that is queued besides has to be taken back before they are settled. */
export function reached(standing: Standing): Standing {
  if (standing.state === 'queued') return { ...standing, isReached: true };
  // Whoever took a call, or whose machine did, stays that.
  if (standing.isReached && (standing.state === 'answered' || standing.state === 'delivered'))
    return standing;
  return { ...standing, isReached: true, state: 'delivered', rule: null, dueAt: null };
}

/** Whether a queued message is to be taken back, because the one that it is sent for has arrived. */
export const withdraws = ({ isReached, ladder, state }: Standing): boolean =>
  state === 'queued' && (ladder === null ? isReached : ladder.isOverturned);

/** Whether the message before is not the present step's: what is reported of it leads nowhere any more. */
const hasGoneOn = ({ attempts, ladder }: Standing): boolean =>
  ladder !== null && attempts === ladder.base && ladder.step > 0;

/**
 * Somebody on a ladder a text of whom has arrived. Of the present step: nothing of it is repeated. Of the step whose miss led
 * here, before anything of this one was at a carrier: back to that. Else it changes nothing but what is known of them.
 */
function reachedOnLadder(
  standing: Standing,
  ladder: OnLadder,
  report: Report,
  rule: RetryRule,
  now: Date,
): Standing {
  const known: Standing = { ...standing, isReached: true };
  const { state } = standing;
  const climb = climbOf(rule);
  const back =
    climb === null || report.step === null ? null : stepBack({ ...standing, ladder }, report.step, climb);
  const isOfThis = report.step === ladder.step;
  if (state === 'queued') {
    return back !== null || isOfThis ? { ...known, ladder: { ...ladder, isOverturned: true } } : known;
  }
  const arrived: Standing = { ...known, ...endedAs(known, DELIVERED), dueAt: null };
  if (back !== null) return textGone({ ...arrived, ladder: back }, rule, now);
  if (isAwaiting(standing)) return known;
  const isOpen = state === 'held' || state === 'pending';
  if (isOpen && !isOfThis) return known;
  // What was to be repeated, or was said not to have arrived, has.
  const isMissed = isOpen || state === 'undelivered' || state === 'failed';
  return isMissed && isOfThis ? textGone(arrived, rule, now) : arrived;
}

const DELIVERED = { state: 'delivered', rule: null } as const;

/** The same of a text or a call: who took a call goes on as that says, where their newest message is the call. */
function heardOnLadder(
  standing: Standing,
  ladder: OnLadder,
  report: Report,
  rule: RetryRule,
  now: Date,
): Standing {
  const as = report.call === null ? undefined : byCall[report.call];
  if (as === undefined) return reachedOnLadder(standing, ladder, report, rule, now);
  const { missed } = standing;
  const known: Standing = { ...standing, isReached: true, missed: isAnswered(as) ? as : missed };
  const isOver = standing.state !== 'queued' && report.messageId === standing.messageId;
  if (!isOver || hasGoneOn(standing)) return known;
  // The carrier has found out since that it was a machine: nobody took any call of theirs.
  if (isAnswered(missed) && !isAnswered(as) && isFirstCall(standing, ladder, rule)) known.missed = null;
  const ending = report.call === 'answered' || report.call === 'machine' ? report.call : null;
  return onward(known, ending, rule, now) ?? { ...known, ...endedAs(known, as), dueAt: null };
}

/** Whether the newest message is the one call that they ever had. */
const isFirstCall = (
  { attempts }: Standing,
  { base, step }: OnLadder,
  { ladder: steps }: RetryRule,
): boolean =>
  steps !== null &&
  attempts - base === 1 &&
  pathTo(steps, step).every((each) => each === step || steps[each]?.channel !== 'voice');

const isAnswered = (last: Pick<Standing, 'state' | 'rule'> | null): last is NonNullable<Standing['missed']> =>
  last?.state === 'answered';

/** Whoever took a call is that at the end. */
const asAnswered = (standing: Standing): Standing =>
  isAnswered(standing.missed) ? { ...standing, ...standing.missed } : standing;

/** What stands of somebody when a message of theirs did not arrive: who took a call did. */
const lastKnown = (
  { missed }: Pick<Standing, 'missed'>,
  now: NonNullable<Standing['missed']>,
): NonNullable<Standing['missed']> => (isAnswered(missed) ? missed : now);

/** Whether somebody may still answer a text, and a step of their ladder waits for that. */
const isAwaiting = ({ rule, state }: Pick<Standing, 'state' | 'rule'>): boolean =>
  state === 'held' && rule === AWAITING_REPLY;

/** Somebody whose queued message was taken back, because the one that it was sent for has arrived. */
export function withdrawn(standing: Standing, rule: RetryRule, now: Date): Standing {
  const { ladder } = standing;
  if (ladder === null) return asAnswered(reached({ ...standing, state: 'sent' }));
  const climb = climbOf(rule);
  const from = { ...standing, ladder };
  const before = climb?.steps[ladder.step];
  const back =
    climb === null || before === undefined
      ? null
      : stepBack(from, followedBy(before, ladder.step) ?? ladder.step, climb);
  const to = { ...(back ?? ladder), isOverturned: false };
  return textGone({ ...standing, ...endedAs(standing, DELIVERED), dueAt: null, ladder: to }, rule, now);
}

/** What holds for the ladder of their campaign; null: it has none. */
const climbOf = ({ endAt, isUnderWay, ladder, maxAttempts }: RetryRule): Climb | null =>
  ladder === null ? null : { steps: ladder, maxAttempts, endAt, isUnderWay };

/**
 * Somebody to whom a text has gone (their state says how far it is known to have come): settled so, or, where a step of their
 * ladder follows when nobody answers, held until then.
 */
export function textGone(standing: Standing, rule: RetryRule, now: Date): Standing {
  const climb = climbOf(rule);
  const { ladder } = standing;
  // A campaign that has ended begins no step: nobody is waited for.
  const until = climb === null || ladder === null ? null : awaitsUntil({ ...standing, ladder }, climb, now);
  return until === null
    ? asAnswered(standing)
    : { ...standing, state: 'held', rule: AWAITING_REPLY, dueAt: until };
}

/** The next step, which an ending of the present one leads to, begun now; null: none. */
export function onward(
  standing: Standing,
  ending: Ending | null,
  rule: RetryRule,
  now: Date,
): Standing | null {
  const climb = climbOf(rule);
  const { ladder } = standing;
  if (climb === null || ladder === null || ending === null) return null;
  const next = stepOn({ ...standing, ladder }, ending, climb, now);
  return next === null ? null : { ...standing, state: 'pending', rule: null, dueAt: now, ladder: next };
}

/**
 * Somebody whose newest message did not arrive: written to again later where that is allowed. Whoever waits for that
 * already goes on waiting, and whoever is past waiting (blocked, cancelled) stays so.
 */
export function missed(
  standing: Standing,
  state: Exclude<MissedState, 'answered'>,
  { call, carrier, errorCode }: Pick<Report, 'call' | 'errorCode'> & { carrier: CarrierName | null },
  rule: RetryRule,
  now: Date,
): Standing {
  // Of a call its outcome says it, where the carrier has no error to tell.
  const why = call === null || call === 'failed' ? errorCode : call;
  const known: Standing = { ...standing, missed: lastKnown(standing, { state, rule: why }) };
  if (!isAwaiting(standing) && !['queued', 'sent', 'failed', 'undelivered'].includes(standing.state))
    return known;
  const at = againAt(standing, { call, errorCode, carrier }, rule, now);
  if (at !== null && why !== null) return { ...known, state: 'held', rule: retryRule(why), dueAt: at };
  const next = onward(known, endingOf(standing, { call, errorCode, carrier }, rule), rule, now);
  return next ?? { ...known, ...endedAs(known, { state, rule: why }), dueAt: null };
}

type Told = Pick<Report, 'call' | 'errorCode'> & { carrier: CarrierName | null };

/** How the present step ended that did not reach anybody; null: nothing follows from it. */
function endingOf({ ladder }: Standing, { call, carrier, errorCode }: Told, rule: RetryRule): Ending | null {
  if (ladder === null) return null;
  if (rule.ladder?.[ladder.step]?.channel !== 'voice') return endingOfMiss(errorCode, carrier);
  return call === 'busy' || call === 'no_answer' ? call : endingOfFailedCall(errorCode, carrier);
}

/** When the same step is tried again; null: it is not. */
function againAt(
  { attempts, hasReplied, isReached, ladder }: Standing,
  told: Told,
  rule: RetryRule,
  now: Date,
): Date | null {
  const miss = { ...told, hasReplied };
  const climb = climbOf(rule);
  if (climb === null || ladder === null)
    return retryAt({ ...miss, attempts, wasReached: isReached }, rule, now);
  // Earlier steps are other messages: they count against the budget, and not against what the code allows.
  const maxAttempts = mostTriesOf({ attempts, hasReplied, ladder }, climb);
  return retryAt(
    { ...miss, attempts: attempts - ladder.base, wasReached: false },
    { ...rule, maxAttempts },
    now,
  );
}

/** Whoever was reached by an earlier step of a ladder stays so, whatever became of a later one. */
export function endedAs(
  { isReached, ladder, missed: last }: Pick<Standing, 'isReached' | 'ladder' | 'missed'>,
  now: Pick<Standing, 'state' | 'rule'>,
): Pick<Standing, 'state' | 'rule'> {
  if (ladder === null) return now;
  if (isAnswered(last)) return last;
  return isReached && now.state !== 'delivered' ? DELIVERED : now;
}

/** Where somebody stands who was to be written to again, and no longer is. */
export const notAgain = ({
  isReached,
  missed: last,
}: Pick<Standing, 'isReached' | 'missed'>): { state: ContactState; rule: string | null } =>
  isReached && !isAnswered(last) ? DELIVERED : (last ?? { state: 'sent', rule: null });
