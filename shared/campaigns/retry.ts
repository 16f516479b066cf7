import { errorRuleOf } from '#shared/carriers/error-rules.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';
import type { Definition } from './definition.ts';
import type { StepRule } from './ladder.ts';

/** Whether a campaign writes again to somebody whom its message did not reach. Pure. */

/** What is known when a message is said not to have arrived. */
export interface Miss {
  /** In the carrier's words; null: it gave none. */
  errorCode: string | null;
  /** How a call ended; null: it was a text, or nobody knows. */
  call: CallOutcome | null;
  /** Null: the message was at none. */
  carrier: CarrierName | null;
  /** Messages of the campaign that were at the carrier for this contact, this one included. */
  attempts: number;
  /** An earlier one arrived after all. */
  wasReached: boolean;
  hasReplied: boolean;
}

/** What the campaign says about it. */
export interface RetryRule extends Pick<Definition, 'maxAttempts' | 'retryDelayMinutes'> {
  endAt: Date | null;
  /** Active, or paused: one that has ended writes to nobody. */
  isUnderWay: boolean;
  /** Steps that people go from one to the other; null: it has none. */
  ladder: readonly StepRule[] | null;
}

/** Of a campaign that has ended, or that nobody can read. */
export const NEVER_AGAIN: RetryRule = {
  maxAttempts: 1,
  retryDelayMinutes: 0,
  endAt: null,
  isUnderWay: false,
  ladder: null,
};

const MINUTE_MS = 60_000;

/**
 * When to write again, not before; null: never. By the class of the error (shared/carriers/errors.ts): only what the
 * carrier's table says may be repeated, no more often than it and the campaign say. A message whose end nobody knows is
 * none that did not arrive: it is not asked about here, and never repeated. Windows, hours and consent are for the gate to
 * judge at that time.
 */
export function retryAt(miss: Miss, rule: RetryRule, now: Date): Date | null {
  if (!rule.isUnderWay || miss.wasReached || miss.hasReplied || miss.attempts >= rule.maxAttempts)
    return null;
  const delayMs = delayOf(miss);
  if (delayMs === null) return null;
  const at = new Date(now.getTime() + Math.max(rule.retryDelayMinutes * MINUTE_MS, delayMs));
  return rule.endAt !== null && at >= rule.endAt ? null : at;
}

/** The least time until it may be repeated, in ms; null: it may not. */
function delayOf({ attempts, call, carrier, errorCode }: Miss): number | null {
  // Nobody was there, or somebody was talking: how often is for the campaign to say.
  if (call === 'busy' || call === 'no_answer') return 0;
  if (call === 'canceled' || errorCode === null || carrier === null) return null;
  const error = errorRuleOf(carrier, errorCode);
  const mayRepeat = error.class === 'throttle' || (error.class === 'retry' && attempts <= error.retries);
  return mayRepeat ? error.delayMs : null;
}

export const RETRY = 'retry_';

/** Why somebody is held who is written to or called again, by the code of what went wrong, or the outcome of the call. */
export const retryRule = (errorCode: string): string => `${RETRY}${errorCode}`;

/** The code within such a rule; null: it is none. */
export const codeOfRetry = (rule: string): string | null =>
  rule.startsWith(RETRY) ? rule.slice(RETRY.length) : null;
