import { classifyConsentText } from '#shared/compliance/vocabulary.ts';
import { isOneOf } from './words.ts';

/**
 * Whether a text, or what follows its option letter, is a word that wins over an answer: about consent, or among `words`, those
 * of programmes. Pure; also runs in a browser, while an author types.
 */
export function isReserved(text: string, words: readonly string[]): boolean {
  const withoutLetter = text.replace(/^\s*\p{L}\s*[).:-]\s*/u, '');
  return [text, withoutLetter].some(
    (said) => classifyConsentText(said, { optedOut: false }) !== null || isOneOf(said, words),
  );
}
