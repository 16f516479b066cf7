import { useMemo } from 'react';
import { useLanguage } from '../texts/language.tsx';
import { type Word, type Words, wordOf } from './define.ts';

/** Says values of a table in the language of the interface: `const word = useWord(campaignStatus); word(status).says`. */
export function useWord(words: Words): (value: string) => Word {
  const language = useLanguage();
  return useMemo(() => (value) => wordOf(words, value, language), [words, language]);
}
