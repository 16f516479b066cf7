import type { CallPrice } from '#shared/carriers/voice.ts';
import { type AnsweredBy, type CallOutcome, laterOutcome } from '#shared/voice/call-outcomes.ts';

/** What is known of a call besides what is known of every message. */
export interface CallFacts {
  outcome: CallOutcome | null;
  answeredBy: AnsweredBy | null;
  /** From the answer to the end. */
  seconds: number | null;
  price: CallPrice | null;
  /** Those that were pressed, each once, in alphabetical order. */
  keys: readonly string[];
}

export const NO_FACTS: CallFacts = { outcome: null, answeredBy: null, seconds: null, price: null, keys: [] };

/**
 * What two sets of records of one call know together. Commutative, associative and idempotent. Of two that differ the longer
 * time and the higher price stand: what came first was not the end of it.
 */
export function mergeCalls(a: CallFacts | null, b: CallFacts | null): CallFacts | null {
  if (a === null || b === null) return a ?? b;
  const keys = [...new Set([...a.keys, ...b.keys])].sort();
  const outcome = laterOutcome(a.outcome, b.outcome);
  return {
    // Who has pressed a key is no machine, whatever the carrier takes them for.
    outcome: outcome === 'machine' && keys.length > 0 ? 'answered' : outcome,
    answeredBy: surer(a.answeredBy, b.answeredBy),
    seconds:
      a.seconds === null || b.seconds === null ? (a.seconds ?? b.seconds) : Math.max(a.seconds, b.seconds),
    price: dearer(a.price, b.price),
    keys,
  };
}

/** From the least that a carrier commits itself to; a machine wins over a person, whatever keys say: it is what the carrier believes. */
export const bySureness: readonly AnsweredBy[] = ['unknown', 'human', 'fax', 'machine'];

function surer(a: AnsweredBy | null, b: AnsweredBy | null): AnsweredBy | null {
  if (a === null || b === null) return a ?? b;
  return bySureness.indexOf(a) >= bySureness.indexOf(b) ? a : b;
}

/** Currencies do not change between two reports of one call; should they, the order of their names decides. */
function dearer(a: CallPrice | null, b: CallPrice | null): CallPrice | null {
  if (a === null || b === null) return a ?? b;
  if (a.currency !== b.currency) return a.currency > b.currency ? a : b;
  const [ofA, ofB] = [Number(a.amount), Number(b.amount)];
  // "0.02" and "0.020" are the same, written twice.
  if (ofA === ofB) return a.amount <= b.amount ? a : b;
  return ofA > ofB ? a : b;
}
