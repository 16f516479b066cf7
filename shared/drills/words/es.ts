import type { WordsData } from './words-data.ts';

export const es: WordsData = {
  more: ['mas', 'más', 'siguiente'],
  name: ['nombre'],
  language: ['idioma'],
  schedule: ['horario', 'calendario'],
  thanks: ['gracias'],
};
