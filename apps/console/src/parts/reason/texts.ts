import { defineTexts } from '../../texts/define.ts';

/** Reasons of campaigns themselves, which no rule of the gate is. */
export const reasonTexts = defineTexts({
  en: {
    missing: 'They have no {field}, which the text needs',
    retry: 'It did not arrive (code {code}), and is sent again',
    code: 'Code {code} of the carrier',
    stopped: 'The campaign was stopped before',
    failed: 'The campaign failed before',
    ended: 'The end of the campaign came before',
    contact_deleted: 'The contact was deleted',
    erased: 'The person was erased',
    too_long: 'With their values the text is too long',
    no_text: 'There is no text in their language, nor in the default one',
    unconfirmed: 'The carrier never said whether it arrived; it is not sent again',
    unanswered: 'The lesson never said whether it began; it is not asked for again',
    unknown: 'Nobody can say whether the carrier took it; it is not sent again',
    sender_halted: 'The number that it goes from is halted',
    sender_daily_cap: 'Its number has sent what it may today; it goes the next day',
  },
  es: {
    missing: 'No tiene {field}, que el texto necesita',
    retry: 'No llegó (código {code}) y se envía otra vez',
    code: 'Código {code} del operador',
    stopped: 'La campaña se detuvo antes',
    failed: 'La campaña falló antes',
    ended: 'El final de la campaña llegó antes',
    contact_deleted: 'El contacto se borró',
    erased: 'La persona fue borrada',
    too_long: 'Con sus datos el texto es demasiado largo',
    no_text: 'No hay texto en su idioma ni en el común',
    unconfirmed: 'El operador nunca dijo si llegó; no se repite',
    unanswered: 'La lección nunca dijo si empezó; no se pide otra vez',
    unknown: 'No se puede saber si el operador lo aceptó; no se repite',
    sender_halted: 'El número desde el que sale está parado',
    sender_daily_cap: 'Su número envió lo que puede hoy; sale al día siguiente',
  },
});
