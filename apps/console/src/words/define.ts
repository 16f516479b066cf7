import type { Language } from '../texts/define.ts';
import type { Tone } from '../theme/tokens.ts';

/** What a value is called, and what it means or what to do, where that needs saying. */
type Said = readonly [says: string, hint?: string];

/** A value of the product in plain words. */
export interface WordRow extends Readonly<Record<Language, Said>> {
  tone: Tone;
}

/** Every value of an enumeration of the product. `words.unit.test.ts` holds them against the product's own. */
export type Words<Value extends string = string> = Readonly<Record<Value, WordRow>>;

export const defineWords = <const Value extends string>(words: Record<Value, WordRow>): Words<Value> => words;

export interface Word {
  says: string;
  hint: string | undefined;
  tone: Tone;
}

/** A value that the table lacks stands for itself: the API may be newer than the page. */
export function wordOf(words: Words, value: string, language: Language): Word {
  const row = Object.hasOwn(words, value) ? words[value] : undefined;
  if (row === undefined) return { says: value.replaceAll('_', ' '), hint: undefined, tone: 'quiet' };
  const [says, hint] = row[language];
  return { says, hint, tone: row.tone };
}
