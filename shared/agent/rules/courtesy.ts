import { foldWords } from '#shared/compliance/fold-text.ts';
import { madeOf } from '#shared/compliance/free-text/made-of.ts';

/** Texts of nothing but these want no answer. */
const SAID = [
  ...[
    'ok',
    'okay',
    'k',
    'kk',
    'thanks',
    'thank you',
    'thank u',
    'thx',
    'ty',
    'tysm',
    'thanks a lot',
    'thank you so much',
  ],
  ...[
    'great',
    'perfect',
    'cool',
    'awesome',
    'sounds good',
    'will do',
    'got it',
    'gotcha',
    'noted',
    'alright',
    'all right',
  ],
  ...[
    'good',
    'nice',
    'you too',
    'have a good day',
    'have a nice day',
    'have a great day',
    'good night',
    'bye',
    'see you',
  ],
  ...[
    'see you then',
    'see you there',
    'see you soon',
    'ill be there',
    'understood',
    'appreciate it',
    'much appreciated',
  ],
  ...['thats all', 'god bless', 'bless you', 'lol', 'haha', 'wow'],
  ...[
    'gracias',
    'muchas gracias',
    'mil gracias',
    'vale',
    'listo',
    'perfecto',
    'de acuerdo',
    'entendido',
    'muy bien',
  ],
  ...[
    'esta bien',
    'claro',
    'bueno',
    'excelente',
    'genial',
    'ahi estare',
    'nos vemos',
    'igualmente',
    'que tenga buen dia',
  ],
  ...[
    'buen dia',
    'buenas noches',
    'hasta luego',
    'adios',
    'bendiciones',
    'que dios le bendiga',
    'jaja',
    'muy amable',
  ],
];
/** They go with those, and say nothing alone: "hi" wants to be answered. */
const WITH = [
  'so much',
  'very much',
  'a lot',
  'for the info',
  'for your help',
  'por la informacion',
  'por su ayuda',
  'por todo',
];

const isMadeOf = madeOf(SAID.map(foldWords), WITH.map(foldWords));

/** Whether a text only thanks, agrees or says goodbye; signs alone, as a raised thumb, are the same. Pure and total. */
export function isCourtesy(text: string): boolean {
  const words = foldWords(text);
  return words === '' ? /\p{Extended_Pictographic}/u.test(text) : isMadeOf(words);
}
