import type { TemplateUse } from '#shared/carriers/carrier.ts';
import type { Intent } from '#shared/compliance/touch.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import type { Candidate } from '#shared/gate/judge.ts';

export type { Intent };

/**
 * The states of a message. Every change happens under the lock of its phone's row.
 *
 *   queued ------ claimed ------> posting ------ accepted ---------------> sent
 *     ^  |                          |  |  +----- refused for good --------> failed
 *     |  |                          |  +-- refused for now, wait > 60 s,
 *     |  |                          |  |   or our account's fault -------> held
 *     |  +-- never --> blocked      |      (refused for now, short wait: queued again)
 *     |  +-- not now -> held        +----- no answer ---------------------> ambiguous
 *     +-- due -- held                                                         |
 *     |           +-- never --> blocked                                       |
 *     +-- the carrier never had it -------------------------------------------+
 *                     the carrier has it: sent <------------------------------+
 *                     the carrier cannot say: unknown <-----------------------+
 *
 * "Not now" and "never" are what the gate says in the claim (shared/gate), and "never" a STOP as well; "not now" is also what
 * the number says that it would go from (pace.ts). Of what was planned
 * the gate may have said so when it was written: then it begins as held or blocked.
 *
 * queued, held or ambiguous become failed when a number of theirs is none. queued or held may also become cancelled,
 * by whoever planned the message or by an opt-in (confirmations of the opt-out that it lifts). sent, failed, blocked,
 * cancelled and unknown are final.
 *
 * An attempt is one request: posting -> accepted | refused | not_sent | ambiguous; ambiguous -> accepted | not_sent |
 * unknown. It is over at most 7 s after its posted_at: a request that has not started within POSTING_DEADLINE_MS
 * is not made, and the carrier's time-out ends one that did.
 */
export type MessageState =
  | 'queued'
  | 'posting'
  | 'ambiguous'
  | 'held'
  | 'sent'
  | 'failed'
  | 'blocked'
  | 'unknown'
  | 'cancelled';

/** A message as the gate and a request need it. */
export interface Message extends Candidate {
  ordinal: number;
  lane: Lane;
  senderNumber: string;
  body: string;
  mediaUrls: readonly string[];
  /** On WhatsApp: what goes in the place of the body; null: the body does. */
  template: TemplateUse | null;
  /** What is said in a call, as it is stored; null: a text. */
  call: unknown;
  /** How many it was planned to be, which is what it takes of the rates of its number. */
  segments: number;
  /** Whether it is the first message of its batch. */
  opensBatch: boolean;
  /** Requests that counted, before the one to come. */
  attempts: number;
  deferrals: number;
}

/** Longest wait that is a timer in memory; a longer one is a held row. */
export const LONGEST_TIMER_MS = 60_000;
