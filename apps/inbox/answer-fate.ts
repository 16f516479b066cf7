import { didNotArrive, isTerminal, type MessageStatus } from '#shared/carriers/status.ts';

/** What is known of the message that somebody answered with. */
export interface AnswerMessage {
  /** Of the message; null: it is nowhere. */
  state: string | null;
  /** What its carrier has said of it; null: nothing that is known here yet. */
  status: MessageStatus | null;
}

/**
 * What became of an answer by hand.
 * - `underway`: it may still go, or its carrier has not said the last word
 * - `gone`: the person has it, or nobody has said that they have not
 * - `lost`: it never went, did not arrive, or cannot be accounted for: whoever asked waits for an answer
 */
export type AnswerFate = 'underway' | 'gone' | 'lost';

/** Total and pure: a state that is none of those that end is on its way. */
export function fateOf({ state, status }: AnswerMessage): AnswerFate {
  switch (state) {
    case 'blocked':
    case 'failed':
    case 'cancelled':
    case 'unknown':
      return 'lost';
    case null:
      return 'gone';
    case 'sent':
      if (status === null || !isTerminal(status)) return 'underway';
      return didNotArrive(status) ? 'lost' : 'gone';
    default:
      return 'underway';
  }
}

/** Carriers say what became of most texts within seconds. */
const SOONEST_MS = 5_000;
const LATEST_MS = 10 * 60_000;
/** Of its age an answer waits this part until it is looked for again. */
const PART_OF_AGE = 0.25;
/** After this nothing more comes: what is only sent ends as `sent_unconfirmed` after three days. */
const LOOKED_FOR_MS = 14 * 24 * 3_600_000;

/** When an answer on its way is looked for again, in ms; null: no more. `ageMs`: since it was written. */
export function lookAgainMs(ageMs: number, state: string | null): number | null {
  if (state === 'sent' && ageMs > LOOKED_FOR_MS) return null;
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, ageMs * PART_OF_AGE));
}
