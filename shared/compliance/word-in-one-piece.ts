import { foldConsentText } from './fold-text.ts';
import { madeOf } from './free-text/made-of.ts';
import { looksOf } from './look-alikes.ts';

/** What opts out, and what people write to it without a space. */
export interface WordsInOnePiece {
  /** All of the vocabulary. */
  optOut: readonly string[];
  /** Those that nobody writes for anything else. */
  unmistakable: readonly string[];
  /** What stands before or behind one of these: "STOPNOW". */
  attached: readonly string[];
}

/** Longer texts are no word that somebody wrote in one piece. */
const LONGEST = 40;
/** The same of one with spaces in it, which most texts with a digit are: "UNSUBSCRIBE 123", "S T O P 1". */
const LONGEST_APART = 16;
/** Shorter ones may be something else: "3nd" is a place in a row. */
const LEAST_LETTERS = 4;

const DIGIT = /\p{N}/u;
const LETTER = /\p{L}/u;
const FIRST = /^\p{N}+/u;
const LAST = /\p{N}+$/u;

export type PieceReading = { verdict: 'revocation' | 'doubtful'; rule: string };

/**
 * Reads texts that are a word of the vocabulary with nothing but digits, look-alikes or other words written to it: "STOP1", "0pt out", "st0p 2",
 * "STOPNOW". Of folded words (`foldWords`), whole texts or sentences
 * alone: within one such a word says nothing. Returns null for all others. Pure.
 */
export function pieceReader({
  attached,
  optOut,
  unmistakable,
}: WordsInOnePiece): (text: string) => PieceReading | null {
  const words = new Set(optOut.map(foldConsentText));
  const keys = unmistakable.map(foldConsentText);
  const unmistakables = new Set(keys);
  const apart = (all: readonly string[]): string[] => all.map((each) => [...foldConsentText(each)].join(' '));
  const isMadeOf = madeOf(apart(unmistakable), apart(attached));
  return (text) => {
    if (text.length > LONGEST) return null;
    const isOneWord = !text.includes(' ');
    const hasDigits = DIGIT.test(text);
    if (!(isOneWord || hasDigits)) return null;
    const folded = text.replaceAll(' ', '');
    if (!isOneWord && folded.length > LONGEST_APART) return null;
    if (!LETTER.test(folded)) return null;
    if (isOneWord && keys.some((key) => folded.includes(key)) && isMadeOf([...folded].join(' ')))
      return { verdict: 'revocation', rule: 'word_in_one_piece' };
    if (!hasDigits) return null;
    const bare = [
      folded.replace(LAST, ''),
      folded.replace(FIRST, ''),
      folded.replace(FIRST, '').replace(LAST, ''),
    ];
    if (
      isMostlyWritten(folded) &&
      looksOf(folded).some((looks) => looks.length >= LEAST_LETTERS && words.has(looks))
    )
      return { verdict: 'revocation', rule: 'disguised_word' };
    const isNumbered = (word: string): boolean =>
      unmistakables.has(word) ||
      (isMostlyWritten(word) && looksOf(word).some((looks) => unmistakables.has(looks)));
    if (bare.some(isNumbered)) return { verdict: 'revocation', rule: 'numbered_word' };
    if (bare.some((word) => words.has(word))) return { verdict: 'doubtful', rule: 'numbered_word' };
    return null;
  };
}

/** Whether at least half of a word are letters: "4170" looks like ALTO, "570p" like STOP, and both are numbers. */
export const isMostlyWritten = (word: string): boolean =>
  word.replace(/\p{N}/gu, '').length * 2 >= word.length;
