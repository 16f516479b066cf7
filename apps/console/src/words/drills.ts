import { defineWords } from './define.ts';

/** What an answer in a lesson was. */
export const answerOutcome = defineWords({
  started: { tone: 'info', en: ['The lesson began'], es: ['Empezó la lección'] },
  right: { tone: 'good', en: ['Right'], es: ['Correcta'] },
  wrong: { tone: 'bad', en: ['Wrong'], es: ['Incorrecta'] },
  abandoned: {
    tone: 'held',
    en: ['No more tries', 'The right answer is told and the lesson goes on.'],
    es: ['Sin más intentos', 'Se dice la respuesta y la lección sigue.'],
  },
  noted: { tone: 'info', en: ['Noted'], es: ['Anotada'] },
  other: { tone: 'quiet', en: ['Not an answer'], es: ['No es una respuesta'] },
  reminded: { tone: 'held', en: ['Reminded'], es: ['Recordatorio'] },
  nothing: { tone: 'quiet', en: ['Nothing happens'], es: ['No pasa nada'] },
});

export const registrationBy = defineWords({
  code: { tone: 'quiet', en: ['With a code'], es: ['Con un código'] },
  'contact list': { tone: 'quiet', en: ['From a contact list'], es: ['De una lista de contactos'] },
  open: { tone: 'quiet', en: ['By any text'], es: ['Con cualquier mensaje'] },
});

export const contentKind = defineWords({
  drill: { tone: 'quiet', en: ['Drill'], es: ['Lección'] },
  programme: { tone: 'quiet', en: ['Programme'], es: ['Programa'] },
});

export const contentBecame = defineWords({
  draft: { tone: 'info', en: ['Draft'], es: ['Borrador'] },
  published: { tone: 'good', en: ['Published'], es: ['Publicado'] },
  unchanged: { tone: 'quiet', en: ['As it was'], es: ['Como estaba'] },
  left: { tone: 'held', en: ['Left as it is'], es: ['Se dejó como está'] },
});
