import { foldConsentText, foldWords } from './fold-text.ts';
import { en } from './free-text/en.ts';
import { es } from './free-text/es.ts';
import { fr } from './free-text/fr.ts';
import type { FreeTextData, Phrase } from './free-text/free-text-data.ts';
import { madeOf } from './free-text/made-of.ts';
import { pt } from './free-text/pt.ts';
import { looksOf } from './look-alikes.ts';
import { consentVocabulary } from './vocabulary.ts';
import { isMostlyWritten, pieceReader } from './word-in-one-piece.ts';

/**
 * What people say about consent in their own words, beyond the words of the vocabulary. Whoever writes "please stop
 * texting me" has revoked as clearly as with STOP (47 CFR 64.1200(a)(10): what a reasonable person would understand);
 * whoever writes "stop by at 5" has not. The risk is not the same on both sides: a text too many costs money and trust,
 * a person suppressed by mistake is found in the review and restored. So what sounds like a revocation is one, and
 * what only contains such words goes to a person.
 *
 * Pure and total; all languages are in force for everybody. docs/compliance.md lists what is known to be misread.
 */
export type FreeTextVerdict =
  /** A word of the vocabulary, alone. */
  | 'opt_out'
  /** Suppress at once, and show it to a person, who may restore it with a reason. */
  | 'revocation'
  /** Show it to a person. */
  | 'doubtful'
  | 'none';

export interface FreeTextReading {
  verdict: FreeTextVerdict;
  /** What matched; null for `none`. */
  rule: string | null;
}

/** Whether people look at texts that are doubtful, and what holds until they have. */
export interface ReviewPolicy {
  /** Somebody works through the review queue. */
  reviewed: boolean;
  /** A doubtful text suppresses at once as well. */
  doubtSuppresses: boolean;
}

export const freeTextData: Readonly<Record<string, FreeTextData>> = { en, es, fr, pt };

/** Longer texts are no text messages; what comes later in one is not read. */
const READ_CHARACTERS = 4_000;

interface Compiled {
  id: string;
  pattern: RegExp;
  /** Of a whole text, or of one of its sentences. */
  whole: boolean;
}

const compile = ({ id, words, whole }: Phrase, turns: readonly string[] = []): Compiled => {
  if (whole) return { id, pattern: new RegExp(`^(?:${words})$`, 'u'), whole };
  const turned = turns.length > 0 ? `(?<!\\b(?:${turns.join('|')}) )` : '';
  return { id, pattern: new RegExp(`${turned}\\b(?:${words})\\b`, 'u'), whole: false };
};

const languages = Object.values(freeTextData);
const revocations = languages.flatMap(({ revocations: phrases, turns }) =>
  phrases.map((phrase) => compile(phrase, phrase.turnable ? turns : [])),
);
const doubts = languages.flatMap((language) => language.doubts.map((phrase) => compile(phrase)));
/**
 * Whether any of these may match: most texts say nothing of the kind, and one expression is several times as fast as a hundred.
 * What comes before a phrase is not looked at, so that it says yes too often, and never no wrongly.
 */
const anyOf = (phrases: readonly Phrase[]): ((words: string, sentences: readonly string[]) => boolean) => {
  const joined = (those: readonly Phrase[]): string => those.map(({ words }) => words).join('|');
  const within = new RegExp(`\\b(?:${joined(phrases.filter(({ whole }) => !whole))})\\b`, 'u');
  const whole = new RegExp(`^(?:${joined(phrases.filter((phrase) => phrase.whole))})$`, 'u');
  return (words, sentences) =>
    within.test(words) || whole.test(words) || sentences.some((sentence) => whole.test(sentence));
};
const mayRevoke = anyOf(languages.flatMap((language) => language.revocations));
const harmless = new RegExp(
  `\\b(?:${languages.flatMap((language) => language.harmless).join('|')})\\b`,
  'gu',
);

const optOutWords = Object.values(consentVocabulary).flatMap((words) => words.optOut);
const optOutFolded = new Set(optOutWords.map(foldConsentText));
const courtesies = languages.flatMap(({ courtesy }) => courtesy.map(foldWords));
const isCourteous = madeOf([...optOutWords, 'optout', 'stopall'].map(foldWords), courtesies);
const isCourteousSentence = madeOf(
  languages.flatMap(({ sentences }) => sentences.map(foldWords)),
  courtesies,
);
const readPiece = pieceReader({
  optOut: optOutWords,
  unmistakable: ['stop', 'stop all', 'unsubscribe', 'opt out'],
  attached: languages.flatMap(({ attached }) => attached),
});
/** What nobody begins a text with that is about something else, if it is set off. */
const stopWords = new Set(languages.flatMap(({ sentences }) => sentences.map(foldWords)));
const SIGN_FOR_LETTER = /\$(?=\p{Default_Ignorable_Code_Point}*\p{L})/gu;
const SENTENCE_END = /[.!?;\n\r\u2026]+/u;
/** "stooop": no word of these languages has a letter three times in a row. */
const drawnTogether = (text: string): string => text.replace(/(\p{L})\1{2,}/gu, '$1');
const onceEach = (text: string): string => text.replace(/(\p{L})\1+/gu, '$1');
const optOutOnceEach = new Set([...optOutFolded].map(onceEach));
/** A text without a word: signs that say no. */
const SIGNS = /[\u{1F6D1}\u{1F6AB}\u{26D4}\u{1F595}\u{1F645}\u{274C}\u{1F44E}]/u;

/**
 * Reads a text. The carrier's own verdict and the vocabulary are asked first by whoever takes in texts
 * (`classifyConsentText`); here they are asked again, so that the reading is whole by itself.
 */
export function classifyFreeText(text: string): FreeTextReading {
  // "$top": the sign stands for the digit that looks like it, which stands for the letter.
  const read = text.slice(0, READ_CHARACTERS).replace(SIGN_FOR_LETTER, '5');
  const folded = foldConsentText(read);
  if (optOutFolded.has(folded)) return { verdict: 'opt_out', rule: 'vocabulary' };
  const words = wordsOf(read);
  if (words === '') return SIGNS.test(read) ? { verdict: 'doubtful', rule: 'signs' } : NOTHING;
  if (isCourteous(words)) return { verdict: 'revocation', rule: 'word_with_courtesy' };
  if (optOutOnceEach.has(onceEach(folded))) return { verdict: 'revocation', rule: 'drawn_out_word' };
  const sentences = sentencesOf(read, words);
  const pieces = [...new Set([words, ...sentences])].flatMap((each) => readPiece(each) ?? []);
  const revokes = pieces.find(({ verdict }) => verdict === 'revocation');
  if (revokes !== undefined) return revokes;
  if (isSigned(read)) return { verdict: 'revocation', rule: 'word_with_name' };
  if (sentences.some(isCourteousSentence)) {
    return { verdict: 'revocation', rule: 'word_as_sentence' };
  }
  const says = ({ pattern, whole }: Compiled): boolean =>
    pattern.test(words) || (whole && sentences.some((sentence) => pattern.test(sentence)));
  const revoked = mayRevoke(words, sentences) ? revocations.find(says) : undefined;
  if (revoked) return { verdict: 'revocation', rule: revoked.id };
  const left = words.replace(harmless, ' ');
  const doubt = doubts.find(({ pattern, whole }) =>
    whole ? says({ id: '', pattern, whole }) : pattern.test(left),
  );
  return doubt ? { verdict: 'doubtful', rule: doubt.id } : (pieces[0] ?? NOTHING);
}

const wordsOf = (text: string): string =>
  inPlainLetters(drawnTogether(foldWords(text.replaceAll('#', ' number '))));

/** Shorter ones may be something else: "3nd" is a place in a row. */
const LEAST_LETTERS = 4;
const disguisable = new Set(optOutWords.map(foldWords).filter((word) => word.length >= LEAST_LETTERS));
const PLAIN = /^(?:[a-z]+|\p{N}+)$/u;

/** "ST0P" is the word that it looks like, where that is a word of ours. */
const inPlainLetters = (words: string): string =>
  words
    .split(' ')
    .map((word) => {
      if (PLAIN.test(word) || !isMostlyWritten(word)) return word;
      return looksOf(word).find((looks) => disguisable.has(looks)) ?? word;
    })
    .join(' ');

/** The sentences of a text whose words these are, and what follows its last comma: "I do not know you, stop". */
const sentencesOf = (text: string, words: string): readonly string[] => {
  const last = text
    .replace(/[\s\p{P}]+$/u, '')
    .split(',')
    .at(-1);
  const parts = new Set(text.split(SENTENCE_END));
  if (last !== undefined) parts.add(last);
  return [...parts].map((part) => (part === text ? words : wordsOf(part)));
};

/** What stands between a word and whose it is: "STOP - John Smith". */
const SET_OFF = /\s[-\u2012-\u2015]+\s*|\s*[-\u2012-\u2015]+\s|\s*[:/|~(]+\s*/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const LONGEST_NAME = 3;
const apart = new Set(languages.flatMap(({ notNames }) => notNames.map(foldWords)));

/** Whether a text is a word of ours and, set off from it, a name or the like, and asks nothing. */
function isSigned(text: string): boolean {
  if (text.includes('?')) return false;
  const [word, name, ...more] = text.replace(INVISIBLE, '').split(SET_OFF);
  if (word === undefined || name === undefined || more.length > 0 || !stopWords.has(wordsOf(word)))
    return false;
  const names = wordsOf(name).split(' ');
  return names.length <= LONGEST_NAME && !names.some((each) => apart.has(each));
}

const NOTHING: FreeTextReading = { verdict: 'none', rule: null };

/**
 * What follows from a reading. Where nobody reviews, doubt suppresses: nothing is sent after a doubtful text that no
 * person is going to look at.
 */
export function consequenceOf(
  verdict: FreeTextVerdict,
  policy: ReviewPolicy,
): { suppress: boolean; review: boolean } {
  switch (verdict) {
    case 'opt_out':
      return { suppress: true, review: false };
    case 'revocation':
      return { suppress: true, review: true };
    case 'doubtful':
      return { suppress: policy.doubtSuppresses || !policy.reviewed, review: true };
    case 'none':
      return { suppress: false, review: false };
  }
}
