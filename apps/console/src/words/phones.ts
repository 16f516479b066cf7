import type { Line } from '#shared/simulator/line.ts';
import { defineWords } from './define.ts';

/** What becomes of calls to a virtual phone. */
export const lineAnswers = defineWords<Line['answers']>({
  by_hand: { tone: 'info', en: ['It rings here'], es: ['Suena aquí'] },
  human: { tone: 'good', en: ['Somebody listens'], es: ['Alguien escucha'] },
  machine: { tone: 'held', en: ['An answering machine'], es: ['Un contestador'] },
  busy: { tone: 'held', en: ['Busy'], es: ['Ocupado'] },
  no_answer: { tone: 'held', en: ['Rings on'], es: ['Sigue sonando'] },
  rejects: { tone: 'held', en: ['Declines'], es: ['Rechaza'] },
  unreachable: { tone: 'bad', en: ['No such number'], es: ['No existe'] },
});

/** Who has a virtual phone. */
export const personas = defineWords({
  hand: { tone: 'quiet', en: ['You'], es: ['Usted'] },
  right: { tone: 'good', en: ['Answers right'], es: ['Responde bien'] },
  wrong: { tone: 'held', en: ['Answers wrong'], es: ['Responde mal'] },
  slow: { tone: 'held', en: ['Answers late'], es: ['Responde tarde'] },
  never: { tone: 'held', en: ['Never answers'], es: ['Nunca responde'] },
  stops: { tone: 'bad', en: ['Stops midway'], es: ['Se da de baja'] },
  script: { tone: 'info', en: ['Plays a script'], es: ['Sigue un guion'] },
});
