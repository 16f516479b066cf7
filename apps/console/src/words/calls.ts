import { defineWords } from './define.ts';

/** What became of a call. */
export const callOutcome = defineWords({
  canceled: { tone: 'quiet', en: ['Cancelled'], es: ['Cancelada'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
  no_answer: { tone: 'held', en: ['Nobody answered'], es: ['Nadie contestó'] },
  busy: { tone: 'held', en: ['Busy'], es: ['Ocupado'] },
  answered: { tone: 'good', en: ['Answered'], es: ['Contestada'] },
  machine: { tone: 'held', en: ['An answering machine'], es: ['Un contestador'] },
  opted_out: { tone: 'bad', en: ['Opted out in the call'], es: ['De baja en la llamada'] },
});

export const answeredBy = defineWords({
  human: { tone: 'good', en: ['A person'], es: ['Una persona'] },
  machine: { tone: 'held', en: ['An answering machine'], es: ['Un contestador'] },
  fax: { tone: 'held', en: ['A fax'], es: ['Un fax'] },
  unknown: { tone: 'quiet', en: ['Nobody knows'], es: ['No se sabe'] },
});

export const callVoice = defineWords({
  female: { tone: 'quiet', en: ['A woman’s voice'], es: ['Voz de mujer'] },
  male: { tone: 'quiet', en: ['A man’s voice'], es: ['Voz de hombre'] },
});

/** Where a price comes from. */
export const priceBasis = defineWords({
  given: { tone: 'good', en: ['Your own price'], es: ['Su propio precio'] },
  listed: { tone: 'quiet', en: ['The list price of the carrier'], es: ['El precio de lista del operador'] },
  assumed: {
    tone: 'held',
    en: ['Assumed', 'No list names a price; it may well be another.'],
    es: ['Supuesto', 'Ninguna lista nombra un precio; puede ser otro.'],
  },
});
