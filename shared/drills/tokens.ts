/**
 * Texts as the matching of answers sees them. A token is a run of Unicode letters, digits and underscores in lower
 * case; everything else is a break.
 */

const TOKEN = /[\p{L}\p{N}_]+/gu;
const ONE_LETTER = /^\p{L}$/u;
const DIGITS = /\p{N}+/gu;

/** Words that say nothing about an answer, dropped unless nothing else is there. */
const FILLERS: ReadonlySet<string> = new Set(['he', 'she', 'the', 'an', 'i']);

/** "la b" is "b": dropped where an option letter follows. */
const ARTICLES: ReadonlySet<string> = new Set(['the', 'el', 'la', 'le', 'un', 'una', 'une', 'um', 'uma']);

/** One word in the languages where people mix them. */
const YES: ReadonlySet<string> = new Set(['yes', 'si', 'sí']);

/** Whether the token is exactly one letter, as the letter of an option is. */
export const isLetter = (token: string): boolean => ONE_LETTER.test(token);

/**
 * The tokens of a text, in order, without fillers and without articles before an option letter; every form of "yes"
 * is the same token. Letters are compared in one Unicode form (NFKC), so that a composed "í" and a decomposed one,
 * or a wide "Ａ" and a plain one, are equal.
 */
export function tokensOf(text: string): string[] {
  const all = text.normalize('NFKC').toLowerCase().match(TOKEN) ?? [];
  const meaningful = all.filter((token) => !FILLERS.has(token));
  const kept = meaningful.length > 0 ? meaningful : all;
  return kept
    .filter((token, index) => {
      const next = kept[index + 1];
      return !(ARTICLES.has(token) && next !== undefined && isLetter(next));
    })
    .map((token) => (YES.has(token) ? 'yes' : token));
}

/** The runs of digits in tokens, in order: "2-3 pumps" has 2 and 3. */
export const numbersOf = (tokens: readonly string[]): string[] =>
  tokens.flatMap((token) => token.match(DIGITS) ?? []);
