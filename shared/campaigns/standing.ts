import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import type { ContactState } from './counts.ts';
import { type DeliveryOutcome, hasArrived } from './deliveries.ts';
import { type RetryRule, retryAt, retryRule } from './retry.ts';

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
  /** Of the newest message that did not arrive: what they are when it is not tried again. */
  missed: { state: MissedState; rule: string | null } | null;
}

export type MissedState = 'failed' | 'undelivered';

/** What the carrier says of one of their messages. */
export interface Report {
  messageId: string;
  outcome: DeliveryOutcome;
  errorCode: string | null;
  carrier: CarrierName;
  /** How a call ended; null: it was a text, or nobody knows. */
  call: CallOutcome | null;
}

/** Of whoever the carrier says nothing more about. */
export const UNCONFIRMED = 'unconfirmed';

/**
 * Where somebody stands after a report. Whoever was reached by one message stays reached, whatever becomes of another; only
 * the newest message says that somebody was not. Idempotent. Whoever's next message is queued stays so: `withdraws` says
 * that it has to be taken back first.
 */
export function afterReport(standing: Standing, report: Report, rule: RetryRule, now: Date): Standing {
  if (hasArrived(report.outcome)) return heard(standing, report);
  if (standing.isReached || standing.state === 'queued' || report.messageId !== standing.messageId)
    return standing;
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
  if (as === undefined || to.state === 'queued') return to;
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

/** Whether a queued message is to be taken back, because an earlier one has arrived. */
export const withdraws = ({ isReached, state }: Standing): boolean => isReached && state === 'queued';

/**
 * Somebody whose newest message did not arrive: written to again later where that is allowed. Whoever waits for that
 * already goes on waiting, and whoever is past waiting (blocked, cancelled) stays so.
 */
export function missed(
  standing: Standing,
  state: MissedState,
  { call, carrier, errorCode }: Pick<Report, 'call' | 'errorCode'> & { carrier: CarrierName | null },
  rule: RetryRule,
  now: Date,
): Standing {
  // Of a call its outcome says it, where the carrier has no error to tell.
  const why = call === null || call === 'failed' ? errorCode : call;
  const known: Standing = { ...standing, missed: { state, rule: why } };
  if (!['queued', 'sent', 'failed', 'undelivered'].includes(standing.state)) return known;
  const { attempts, hasReplied, isReached } = standing;
  const at = retryAt({ call, errorCode, carrier, attempts, hasReplied, wasReached: isReached }, rule, now);
  return at === null || why === null
    ? { ...known, state, rule: why, dueAt: null }
    : { ...known, state: 'held', rule: retryRule(why), dueAt: at };
}

/** Where somebody stands who was to be written to again, and no longer is. */
export const notAgain = ({
  isReached,
  missed: last,
}: Pick<Standing, 'isReached' | 'missed'>): { state: ContactState; rule: string | null } =>
  isReached ? { state: 'delivered', rule: null } : (last ?? { state: 'sent', rule: null });
