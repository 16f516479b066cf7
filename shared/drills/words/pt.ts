import type { WordsData } from './words-data.ts';

export const pt: WordsData = {
  more: ['mais', 'próximo', 'proximo', 'seguinte'],
  name: ['nome'],
  language: ['língua', 'lingua'],
  schedule: ['horário', 'agenda'],
  thanks: ['obrigado', 'obrigada'],
};
