/**
 * What to do when a carrier answers, or later reports, an error.
 * - retry: the same message again, at most `retries` times, `delayMs` apart at least, inside allowed hours
 * - throttle: the sender is too fast; the same message again after `delayMs`, without counting as a retry
 * - drop_number: this number cannot be texted; no further message to it (a voice call may still work)
 * - suppress: the person opted out at the carrier; our own suppression must follow
 * - halt: our account, sender number or content is at fault; what the rule concerns stops until somebody looks
 * - ambiguous: the carrier may have sent it; find out before anything else
 * - fail: this message failed for good and says nothing about others
 * - unknown: no table of ours knows the code: failed, never retried, counted and reported
 */
export const errorClasses = [
  'retry',
  'throttle',
  'drop_number',
  'suppress',
  'halt',
  'ambiguous',
  'fail',
  'unknown',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** Classes of an answer that settles its request as refused: too fast or unclear is not an answer. */
export const refusalClasses = [
  'retry',
  'drop_number',
  'suppress',
  'halt',
  'fail',
  'unknown',
] as const satisfies readonly ErrorClass[];
export type RefusalClass = (typeof refusalClasses)[number];

/** One row of a carrier's error table. */
export interface ErrorRule {
  code: string;
  class: ErrorClass;
  /** What the fault lies in, so that one message's fault stops neither its sender nor the account. */
  concerns: 'message' | 'number' | 'sender' | 'account';
  meaning: string;
  /** Most repetitions of the same message: above 0 only for `retry`. */
  retries: number;
  /** Least real time before it goes again, for `retry` and `throttle`; else 0. */
  delayMs: number;
  /** Where the row comes from. */
  source: string;
}

/** The rule of a code that no table knows: the safe reading. Carriers add codes without notice. */
export const unknownErrorRule = (code: string): ErrorRule => ({
  code,
  class: 'unknown',
  concerns: 'message',
  meaning: 'a code that no table of ours knows',
  retries: 0,
  delayMs: 0,
  source: 'none',
});

/** A total lookup over a table. Throws on a table that names a code twice: such a table has no meaning. */
export function errorTable(rows: readonly ErrorRule[]): (code: string) => ErrorRule {
  const byCode = new Map<string, ErrorRule>();
  for (const row of rows) {
    if (byCode.has(row.code)) throw new Error(`two rules for error code ${row.code}`);
    byCode.set(row.code, row);
  }
  return (code) => byCode.get(code) ?? unknownErrorRule(code);
}
