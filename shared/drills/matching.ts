import { distance } from 'fastest-levenshtein';
import { isLetter, numbersOf, tokensOf } from './tokens.ts';

/**
 * Whether an answer is right. Forgiving about spelling, case, punctuation and extra words; exact about numbers, short
 * words and option letters. Pure, and never throws: any text may come in. docs/drills.md explains the rules to authors.
 */

/** What an answer is compared with, in one language. */
export interface AnswerKey {
  correct: string;
  /** Further answers that are right as well. */
  accepts?: readonly string[];
  /** All options of a multiple-choice prompt, in order, the correct one among them. */
  options?: readonly string[];
}

/** A text split into the option letter it begins with, if any, and its words. */
interface Parsed {
  tokens: readonly string[];
  letter: string | null;
  /** Tokens of more than one letter or of digits. */
  words: readonly string[];
  joined: string;
}

/** Correct words that are no longer than this in all must be equal: one edit would make another word. */
const SHORT = 3;

function parse(text: string): Parsed {
  const tokens = tokensOf(text);
  const first = tokens[0];
  const words = tokens.filter((token) => !isLetter(token));
  return {
    tokens,
    letter: first !== undefined && isLetter(first) ? first : null,
    words,
    joined: words.join(''),
  };
}

/** Whether the answer is the correct response or one of the further accepted answers. */
export function matchAnswer(answer: string, key: AnswerKey): boolean {
  const given = parse(answer);
  if (given.tokens.length === 0) return false;
  const options = (key.options ?? []).map(parse);
  const accepts = (key.accepts ?? []).map((text) => withoutStrayLetter(parse(text), options));
  return [parse(key.correct), ...accepts].some((expected) => matchesOne(given, expected, options));
}

/**
 * A further answer may begin with a letter that is no option's: "a and b", or Spanish "a todos". Its letter counts
 * where the words are that option's, or where it stands alone.
 */
function withoutStrayLetter(accepted: Parsed, options: readonly Parsed[]): Parsed {
  if (options.length === 0 || accepted.tokens.length === 1) return accepted;
  const meant = options.some((option) => option.letter === accepted.letter && similar(option, accepted));
  return meant ? accepted : { ...accepted, letter: null };
}

function matchesOne(given: Parsed, expected: Parsed, options: readonly Parsed[]): boolean {
  if (sameTokens(given.tokens, expected.tokens)) return true;
  const own = ownOptions(expected, options);
  const letter = expected.letter ?? (own.length === 1 ? own[0]?.letter : null) ?? null;
  if (given.tokens.length === 1 && given.letter !== null && letter !== null) return given.letter === letter;
  if (namesAnotherOption(given, own, options)) return false;
  return similar(given, expected);
}

const similar = (given: Parsed, expected: Parsed): boolean =>
  closeEnough(given, expected) || containsWords(given, expected);

const sameTokens = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((token, index) => token === right[index]);

/**
 * Within a quarter of the length in edits, where numbers are equal digit for digit and short words
 * are equal altogether.
 */
function closeEnough(given: Parsed, expected: Parsed): boolean {
  const length = expected.joined.length;
  if (length === 0) return false;
  if (length <= SHORT) return given.joined === expected.joined;
  // At least one: a shorter text than four characters was compared above.
  const allowed = Math.floor(length / 4);
  // Also bounds the work on a very long answer.
  if (Math.abs(given.joined.length - length) > allowed) return false;
  if (!sameTokens(numbersOf(given.words), numbersOf(expected.words))) return false;
  return distance(given.joined, expected.joined) <= allowed;
}

/** Every correct word is among the words of the answer, as a whole word, in any order. */
function containsWords(given: Parsed, expected: Parsed): boolean {
  if (expected.words.length === 0) return false;
  const words = new Set(given.words);
  return expected.words.every((word) => words.has(word));
}

/** The options that an accepted answer stands for: by letter, else by the same words, else by similar words. */
function ownOptions(expected: Parsed, options: readonly Parsed[]): readonly Parsed[] {
  const byLetter = options.filter((option) => expected.letter !== null && option.letter === expected.letter);
  if (byLetter.length > 0) return byLetter;
  const equal = options.filter((option) => option.joined !== '' && option.joined === expected.joined);
  return equal.length > 0 ? equal : options.filter((option) => similar(option, expected));
}

/**
 * Whether the answer contradicts itself, one option's letter (first or last in the answer: elsewhere it may be an
 * article) with another option's words, or is word for word an option that is not an accepted one ("decrease" where
 * "increase" is right, two edits apart).
 */
function namesAnotherOption(given: Parsed, own: readonly Parsed[], options: readonly Parsed[]): boolean {
  const equal = options.filter((option) => option.joined !== '' && option.joined === given.joined);
  const named = equal.length > 0 ? equal : mostSpecific(options.filter((option) => similar(given, option)));
  // "a mask" is how the words of "b) a mask" begin: no letter of an option there. "a) a mask" has one.
  const [leading, following] = given.tokens;
  const article = named.some(
    (option) => option.letter !== null && option.tokens[1] === leading && following !== leading,
  );
  const first = article ? undefined : leading;
  const byLetter = options.filter(
    ({ letter }) => letter !== null && (letter === first || letter === given.tokens.at(-1)),
  );
  if (byLetter.length > 0 && named.length > 0 && !named.some((option) => byLetter.includes(option)))
    return true;
  return own.length > 0 && equal.length > 0 && !equal.some((option) => own.includes(option));
}

/** Without the options whose words are all part of a longer one: "soap and water" does not name "soap". */
function mostSpecific(options: readonly Parsed[]): readonly Parsed[] {
  return options.filter(
    (option) =>
      !options.some((other) => other.words.length > option.words.length && containsWords(other, option)),
  );
}
