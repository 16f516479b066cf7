import { defineWords } from './define.ts';

/** Why something is not sent, or not yet: the rules of the gate, by their ids. */
export const gateRule = defineWords({
  number_invalid: { tone: 'bad', en: ['The number is no phone number'], es: ['El número no es un teléfono'] },
  expired: {
    tone: 'quiet',
    en: ['Too late to be of use', 'The time after which it is worth nothing has passed.'],
    es: ['Demasiado tarde para servir', 'Pasó la hora después de la cual no vale nada.'],
  },
  suppressed: {
    tone: 'bad',
    en: ['Opted out', 'The person asked not to be written to, or the number is on a list of those.'],
    es: ['De baja', 'La persona pidió no recibir nada, o el número está en una lista de ellas.'],
  },
  revoked: { tone: 'bad', en: ['Consent was taken back'], es: ['Se retiró el consentimiento'] },
  country_not_served: {
    tone: 'bad',
    en: ['Not a number of the United States', 'Only their rules are known here.'],
    es: ['No es un número de Estados Unidos', 'Aquí solo se conocen sus reglas.'],
  },
  location_unknown: {
    tone: 'bad',
    en: ['Nobody knows where the number is', 'Your organisation chose not to send to those.'],
    es: ['No se sabe dónde está el número', 'Su organización eligió no enviar a esos.'],
  },
  whatsapp_window: {
    tone: 'bad',
    en: [
      'No open conversation on WhatsApp',
      'Free text goes there only within 24 hours of what the person wrote; an approved template goes at any time.',
    ],
    es: [
      'Sin conversación abierta en WhatsApp',
      'Allí el texto libre solo sale en las 24 horas siguientes a lo que escribió la persona; una plantilla aprobada, siempre.',
    ],
  },
  no_consent: {
    tone: 'bad',
    en: ['No consent', 'The person never agreed to be written to about this.'],
    es: ['Sin consentimiento', 'La persona nunca aceptó recibir esto.'],
  },
  no_written_consent: {
    tone: 'bad',
    en: ['No consent in writing', 'Marketing needs it in writing, with its disclosures.'],
    es: ['Sin consentimiento por escrito', 'La publicidad lo requiere por escrito.'],
  },
  no_voice_consent: {
    tone: 'bad',
    en: ['No consent to recorded voice'],
    es: ['Sin consentimiento para voz grabada'],
  },
  number_reassigned: {
    tone: 'bad',
    en: ['The number may be somebody else now', 'It was disconnected after consent was given.'],
    es: ['El número puede ser de otra persona', 'Se desconectó después del consentimiento.'],
  },
  reassigned_no_data: {
    tone: 'bad',
    en: ['The database of reassigned numbers does not know it'],
    es: ['La base de números reasignados no lo conoce'],
  },
  do_not_call: {
    tone: 'bad',
    en: ['On the national do-not-call registry'],
    es: ['En el registro nacional de no llamar'],
  },
  carrier_confirmed: {
    tone: 'quiet',
    en: ['The carrier has confirmed the opt-out already'],
    es: ['El operador ya confirmó la baja'],
  },
  overtaken: {
    tone: 'quiet',
    en: ['The person changed their mind since'],
    es: ['La persona cambió de opinión desde entonces'],
  },
  answered_already: { tone: 'quiet', en: ['It was answered already'], es: ['Ya se respondió'] },
  cause_unknown: {
    tone: 'bad',
    en: ['Nobody knows when the opt-out came'],
    es: ['No se sabe cuándo llegó la baja'],
  },
  confirmation_late: {
    tone: 'quiet',
    en: ['Too late to confirm the opt-out', 'The law allows five minutes. The opt-out itself holds.'],
    es: ['Tarde para confirmar la baja', 'La ley permite cinco minutos. La baja vale igual.'],
  },
  suppression_unknown: {
    tone: 'held',
    en: ['It could not be read whether they opted out', 'It is tried again by itself.'],
    es: ['No se pudo leer si está de baja', 'Se reintenta solo.'],
  },
  consent_unknown: {
    tone: 'held',
    en: ['Consent could not be read', 'It is tried again by itself.'],
    es: ['No se pudo leer el consentimiento', 'Se reintenta solo.'],
  },
  answers_unknown: {
    tone: 'held',
    en: ['It could not be read whether it was answered', 'It is tried again by itself.'],
    es: ['No se pudo leer si se respondió', 'Se reintenta solo.'],
  },
  cause_ahead: {
    tone: 'held',
    en: ['The opt-out seems to lie ahead', 'Clocks differ. It is confirmed as soon as that time has come.'],
    es: ['La baja parece estar en el futuro', 'Los relojes difieren. Se confirma en cuanto llegue esa hora.'],
  },
  reassigned_unknown: {
    tone: 'held',
    en: ['The database of reassigned numbers was not asked yet'],
    es: ['Aún no se consultó la base de números reasignados'],
  },
  do_not_call_unknown: {
    tone: 'held',
    en: ['The do-not-call list is missing or too old', 'Somebody must load a list of the last 31 days.'],
    es: ['La lista de no llamar falta o es antigua', 'Hay que cargar una de los últimos 31 días.'],
  },
  touches_unknown: {
    tone: 'held',
    en: ['It could not be read how often they were contacted', 'It is tried again by itself.'],
    es: ['No se pudo leer cuántas veces se contactó', 'Se reintenta solo.'],
  },
  frequency_cap: {
    tone: 'held',
    en: ['They got as many as they may for now', 'It goes when the period is over.'],
    es: ['Ya recibió lo permitido por ahora', 'Sale cuando pase el periodo.'],
  },
  quiet_hours: {
    tone: 'held',
    en: ['Quiet hours where they are', 'It goes in the morning there.'],
    es: ['Horas de silencio donde está', 'Sale por la mañana allí.'],
  },
  superseded: {
    tone: 'quiet',
    en: ['Something newer took its place'],
    es: ['Algo más nuevo ocupó su lugar'],
  },
  no_hours: {
    tone: 'bad',
    en: ['No allowed hour within 14 days'],
    es: ['Ninguna hora permitida en 14 días'],
  },
  expires_first: {
    tone: 'quiet',
    en: ['It would go too late to be of use'],
    es: ['Saldría demasiado tarde para servir'],
  },
});

export const verdict = defineWords({
  send: { tone: 'good', en: ['May go'], es: ['Puede salir'] },
  hold: { tone: 'held', en: ['Held'], es: ['Retenido'] },
  block: { tone: 'bad', en: ['Blocked'], es: ['Bloqueado'] },
  queued: { tone: 'good', en: ['On its way'], es: ['En camino'] },
  held: { tone: 'held', en: ['Held'], es: ['Retenido'] },
  blocked: { tone: 'bad', en: ['Blocked'], es: ['Bloqueado'] },
});

export const intent = defineWords({
  reply: { tone: 'quiet', en: ['Answer'], es: ['Respuesta'] },
  opt_out_confirmation: { tone: 'quiet', en: ['Confirmation of an opt-out'], es: ['Confirmación de baja'] },
  help: { tone: 'quiet', en: ['Answer to HELP'], es: ['Respuesta a HELP'] },
  transactional: { tone: 'quiet', en: ['Information'], es: ['Información'] },
  marketing: { tone: 'quiet', en: ['Marketing'], es: ['Publicidad'] },
});
