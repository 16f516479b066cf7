/**
 * What became of calls, from the least that is known to the most. Reports come repeated and in any order; the outcome of a
 * call is the last of these that any of them told, so every order of arrival ends the same way; but where a key was pressed
 * it is no `machine` (apps/log/call-facts.ts). Stored by name: words may be added anywhere.
 */
export const callOutcomes = [
  'canceled',
  'failed',
  'no_answer',
  'busy',
  /** Somebody, or something, took it. */
  'answered',
  'machine',
  /** The person pressed key 9. Whoever did that heard it, whatever the carrier takes them for. */
  'opted_out',
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** Who took a call, as its carrier believes. `unknown`: it could not tell. */
export const answeredByWords = ['human', 'machine', 'fax', 'unknown'] as const;
export type AnsweredBy = (typeof answeredByWords)[number];

export const isCallOutcome = (word: string): word is CallOutcome =>
  callOutcomes.some((each) => each === word);

/** The one of two reports that stands; null: nothing is known yet. Commutative, associative and idempotent. */
export function laterOutcome(a: CallOutcome | null, b: CallOutcome | null): CallOutcome | null {
  if (a === null || b === null) return a ?? b;
  return callOutcomes.indexOf(a) >= callOutcomes.indexOf(b) ? a : b;
}

const byStatus: Readonly<Record<string, CallOutcome>> = {
  'in-progress': 'answered',
  completed: 'answered',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
};

/**
 * What a report says of the outcome: a status in the words of shared/carriers/status.ts, and who answered in the words of
 * `answeredByWords`; null: nothing yet.
 */
export function callOutcomeOf(status: string, answeredBy: AnsweredBy | null): CallOutcome | null {
  const outcome = Object.hasOwn(byStatus, status) ? (byStatus[status] ?? null) : null;
  const isMachine = answeredBy === 'machine' || answeredBy === 'fax';
  return isMachine ? laterOutcome(outcome, 'machine') : outcome;
}
