import type { BuiltInTexts } from './text-names.ts';

/**
 * The texts about consent and help avoid accented letters that SMS has no room for (á, í, ó, ú would more than halve
 * the length of a segment).
 */
export const es: BuiltInTexts = {
  tryAgain: 'No es correcto. Inténtalo otra vez.',
  correctedAnswer: 'No es correcto. La respuesta correcta es: {{correctAnswer}}',
  right: '¡Correcto!',
  invalidCode: 'No conocemos ese código. Revísalo y envíalo otra vez, o responde AYUDA.',
  wordsOnly:
    'Lo sentimos, aquí no podemos leer imágenes, grabaciones ni tarjetas de contacto. Escríbelo con palabras, por favor.',
  reminder:
    'Hola {{name}}, tu última pregunta de {{programme}} te espera. Responde cuando tengas un momento.',
  optOutConfirmation:
    '{{programme}} ({{organisation}}): has cancelado y ya no te enviaremos mensajes. Para volver, responde START.',
  optedBackIn:
    '{{programme}}: te volveremos a enviar mensajes. Pueden aplicarse tarifas de mensajes y datos. AYUDA para ayuda, STOP para cancelar.',
  menu: '{{programme}}: responde SIGUIENTE para seguir, SOPORTE para hablar con una persona, AYUDA para ayuda, STOP para cancelar.',
  support: '{{programme}}: habla con una persona en {{contact}}, o escribe aquí y te leeremos.',
  help: '{{programme}} ({{organisation}}). Ayuda: {{contact}}. SIGUIENTE para seguir, STOP para cancelar. Pueden aplicarse tarifas.',
  nothingMore: 'Has terminado todas las lecciones de {{programme}}. ¡Gracias por participar!',
};
