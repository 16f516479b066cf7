import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { fr } from './words/fr.ts';
import { pt } from './words/pt.ts';
import type { WordsData } from './words/words-data.ts';

/** By language. All are understood from everybody, whatever the language of the person. */
const dialogWords: Readonly<Record<string, WordsData>> = { en, es, fr, pt };

/** What a text asks for when no prompt is waiting. */
export type DialogRequest = keyof WordsData;

const NOT_IN_WORDS = /[^\p{L}\p{N}]+/u;
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** A text as it is compared with a word: trimmed, in lower case, without surrounding punctuation. */
export const asWord = (text: string): string =>
  text.normalize('NFC').toLowerCase().replace(EDGES, '').replace(/\s+/gu, ' ');

/** Whether the whole text is one of the words. */
export const isOneOf = (text: string, words: readonly string[]): boolean => {
  const said = asWord(text);
  return said !== '' && words.some((word) => asWord(word) === said);
};

const wordsFor = (request: DialogRequest): readonly string[] =>
  Object.values(dialogWords).flatMap((language) => language[request]);

const WHOLE_MESSAGE = (['more', 'name', 'language', 'schedule'] as const).map(
  (request) => [request, new Set(wordsFor(request).map(asWord))] as const,
);
const THANKS = wordsFor('thanks').map(asWord);

/** What the text asks for; null when it is none of the words. Thanks may stand anywhere in it, as a whole word. */
export function dialogRequest(text: string): DialogRequest | null {
  const whole = asWord(text);
  const exact = WHOLE_MESSAGE.find(([, words]) => words.has(whole));
  if (exact) return exact[0];
  const said = ` ${text.normalize('NFC').toLowerCase().split(NOT_IN_WORDS).join(' ')} `;
  return THANKS.some((word) => said.includes(` ${word} `)) ? 'thanks' : null;
}
