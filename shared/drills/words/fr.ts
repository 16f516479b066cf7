import type { WordsData } from './words-data.ts';

export const fr: WordsData = {
  more: ['plus', 'suite', 'suivant'],
  name: ['nom', 'prénom'],
  language: ['langue'],
  schedule: ['horaire', 'calendrier'],
  thanks: ['merci'],
};
