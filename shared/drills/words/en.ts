import type { WordsData } from './words-data.ts';

export const en: WordsData = {
  more: ['more', 'next', 'go'],
  name: ['name'],
  language: ['lang', 'language'],
  schedule: ['schedule'],
  thanks: ['thank', 'thanks', 'thank you'],
};
