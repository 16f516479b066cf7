import type { SendOutcome } from '#shared/carriers/carrier.ts';
import type { ErrorRule, RefusalClass } from '#shared/carriers/errors.ts';
import { LONGEST_TIMER_MS, type Message } from './message-state.ts';

/** What follows from the end of a request. */
export interface Settlement {
  attempt: {
    state: 'accepted' | 'refused' | 'not_sent' | 'ambiguous';
    carrierMessageId: string | null;
    errorCode: string | null;
  };
  message: {
    state: 'sent' | 'failed' | 'queued' | 'held' | 'ambiguous';
    /** Why it is failed or held: an error code. */
    rule: string | null;
    /** Held: for how long, in ms of business time. */
    heldMs: number | null;
    /** Requests that the carrier never took do not count. */
    counts: boolean;
    deferrals: number;
  };
  /** How long the phone's messages of the same batch wait, in ms. */
  pauseMs: number;
  /** The carrier says that the person opted out. */
  suppress: boolean;
  /** Of which class the carrier's refusal is; null: it did not refuse. */
  refusal: RefusalClass | null;
  /** The fault lies in our account or in the sender number, not in the message; null: it does not. */
  halt: { code: string; concerns: ErrorRule['concerns'] } | null;
  /** What the message log gets; null: the carrier has nothing to log. */
  log: { status: string; segments: number | null } | null;
}

export interface OutcomeSettings {
  /** Between two messages of one batch, in ms. */
  pauseMs: number;
  /** After a message with media, in ms. */
  mediaPauseMs: number;
  /** First and longest wait after a request that the carrier did not take, in ms. */
  backoffMs: { first: number; most: number };
  /** How long a message is held whose account or sender number may not send, in ms. */
  haltHoldMs: number;
}

/**
 * What follows from an outcome, by the class of its error (shared/carriers/errors.ts). Total: whatever no rule knows
 * fails the message and is never repeated. `random`: uniform in [0, 1).
 */
export function settle(
  outcome: SendOutcome,
  message: Pick<Message, 'attempts' | 'deferrals' | 'mediaUrls'>,
  classify: (code: string) => ErrorRule,
  settings: OutcomeSettings,
  random: number,
): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return {
        attempt: { state: 'accepted', carrierMessageId: outcome.carrierMessageId, errorCode: null },
        message: { state: 'sent', rule: null, heldMs: null, counts: true, deferrals: 0 },
        pauseMs: message.mediaUrls.length > 0 ? settings.mediaPauseMs : settings.pauseMs,
        suppress: false,
        refusal: null,
        halt: null,
        log: { status: outcome.status, segments: outcome.segments },
      };
    case 'refused':
      return refused(classify(outcome.errorCode), message, settings, random);
    case 'throttled':
      return deferred(outcome.retryAfterMs ?? 0, 'throttled', message, settings, random);
    case 'not_sent':
      return deferred(0, 'not_sent', message, settings, random);
    case 'ambiguous':
      return ambiguous(null);
  }
}

function refused(
  rule: ErrorRule,
  message: Pick<Message, 'attempts' | 'deferrals'>,
  settings: OutcomeSettings,
  random: number,
): Settlement {
  switch (rule.class) {
    case 'throttle':
      return deferred(rule.delayMs, rule.code, message, settings, random);
    case 'ambiguous':
      return ambiguous(rule.code);
    case 'retry':
      return message.attempts < rule.retries
        ? retried(rule, settings, random)
        : failed(rule.code, rule.class);
    case 'suppress':
      return { ...failed(rule.code, rule.class), suppress: true };
    case 'halt':
      return rule.concerns === 'message' ? failed(rule.code, rule.class) : halted(rule, message, settings);
    case 'drop_number':
    case 'fail':
    case 'unknown':
      return failed(rule.code, rule.class);
  }
}

const failed = (code: string, refusal: RefusalClass): Settlement => ({
  attempt: { state: 'refused', carrierMessageId: null, errorCode: code },
  message: { state: 'failed', rule: code, heldMs: null, counts: true, deferrals: 0 },
  pauseMs: 0,
  suppress: false,
  refusal,
  halt: null,
  log: { status: 'failed', segments: null },
});

/** Nothing is wrong with the message: it comes back by itself, as often as it takes somebody to mend the cause. */
const halted = (
  { code, concerns }: ErrorRule,
  { deferrals }: Pick<Message, 'deferrals'>,
  { haltHoldMs }: OutcomeSettings,
): Settlement => ({
  ...failed(code, 'halt'),
  message: { state: 'held', rule: code, heldMs: haltHoldMs, counts: false, deferrals },
  halt: { code, concerns },
});

/** The carrier refused it and says that it may be asked again. */
function retried(rule: ErrorRule, { backoffMs }: OutcomeSettings, random: number): Settlement {
  const delay = Math.max(rule.delayMs, backoffMs.first) * (1 + random / 4);
  return { ...failed(rule.code, 'retry'), ...waiting(delay, rule.code, { counts: true, deferrals: 0 }) };
}

/** The carrier never took it: the same message again, after the longer of its advice and our own back-off. */
function deferred(
  adviceMs: number,
  rule: string,
  message: Pick<Message, 'deferrals'>,
  { backoffMs }: OutcomeSettings,
  random: number,
): Settlement {
  const ceiling = Math.min(backoffMs.most, backoffMs.first * 2 ** Math.min(message.deferrals, 10));
  const delay = Math.max(adviceMs * (1 + random / 4), (ceiling * (1 + random)) / 2);
  const deferrals = message.deferrals + 1;
  return {
    attempt: { state: 'not_sent', carrierMessageId: null, errorCode: null },
    suppress: false,
    refusal: null,
    halt: null,
    log: null,
    ...waiting(delay, rule, { counts: false, deferrals }),
  };
}

/** A short wait keeps the phone in hand; a long one becomes a row with a due time. */
function waiting(
  delayMs: number,
  rule: string,
  counted: { counts: boolean; deferrals: number },
): Pick<Settlement, 'message' | 'pauseMs'> {
  return delayMs <= LONGEST_TIMER_MS
    ? { message: { state: 'queued', rule, heldMs: null, ...counted }, pauseMs: Math.ceil(delayMs) }
    : { message: { state: 'held', rule, heldMs: Math.ceil(delayMs), ...counted }, pauseMs: 0 };
}

const ambiguous = (errorCode: string | null): Settlement => ({
  attempt: { state: 'ambiguous', carrierMessageId: null, errorCode },
  message: { state: 'ambiguous', rule: null, heldMs: null, counts: true, deferrals: 0 },
  pauseMs: 0,
  suppress: false,
  refusal: null,
  halt: null,
  log: null,
});
