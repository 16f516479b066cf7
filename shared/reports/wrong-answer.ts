import { tokensOf } from '#shared/drills/tokens.ts';

/** A wrong answer as reports count it. */
export interface FoldedAnswer {
  /** Its words as the matching of answers sees them; '': it has none. */
  answer: string;
  /** As it was written, on one line; null: nothing was. */
  example: string | null;
}

/** Characters that are kept of an answer: what goes on longer is counted with what begins alike. */
const MOST_CHARACTERS = 60;

/**
 * Case, punctuation and fillers apart, the same words are the same answer. Pure. An answer without a word (a picture, a
 * thumb) is counted with those that are not listed.
 */
export function foldAnswer(response: string | null): FoldedAnswer {
  const answer = first(tokensOf(response ?? '').join(' ')).trim();
  // Other: control characters, which PostgreSQL does not take, and halves of characters.
  const example = first((response ?? '').replace(/[\p{C}\s]+/gu, ' ').trim()).trim();
  return answer === '' || example === '' ? { answer: '', example: null } : { answer, example };
}

/** By characters and not by code units: a cut through one of two units is no text any more. */
function first(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : Array.from(text).slice(0, MOST_CHARACTERS).join('');
}
