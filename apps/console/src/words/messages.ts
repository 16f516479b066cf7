import { defineWords } from './define.ts';

/** How it went, or came. */
export const messageChannel = defineWords({
  sms: { tone: 'quiet', en: ['Text'], es: ['Mensaje'] },
  whatsapp: { tone: 'quiet', en: ['WhatsApp'], es: ['WhatsApp'] },
  voice: { tone: 'quiet', en: ['Call'], es: ['Llamada'] },
});

export const direction = defineWords({
  inbound: { tone: 'info', en: ['From them'], es: ['De la persona'] },
  outbound: { tone: 'quiet', en: ['From us'], es: ['Nuestro'] },
});

/** What became of a message of ours, as far as we know. */
export const messageState = defineWords({
  queued: { tone: 'info', en: ['Waiting to go'], es: ['Esperando salir'] },
  posting: { tone: 'info', en: ['Being handed to the carrier'], es: ['Entregándose al operador'] },
  ambiguous: {
    tone: 'held',
    en: ['Being looked up', 'The carrier did not answer. We find out before anything else goes.'],
    es: ['En averiguación', 'El operador no respondió. Se averigua antes de nada.'],
  },
  held: {
    tone: 'held',
    en: ['Held', 'It goes by itself when it may.'],
    es: ['Retenido', 'Sale solo cuando se puede.'],
  },
  sent: { tone: 'info', en: ['Sent'], es: ['Enviado'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
  blocked: {
    tone: 'bad',
    en: ['Blocked', 'A rule keeps it from going at all.'],
    es: ['Bloqueado', 'Una regla impide que salga.'],
  },
  unknown: {
    tone: 'bad',
    en: ['Nobody knows', 'The carrier cannot say whether it went. It is never repeated.'],
    es: ['No se sabe', 'El operador no puede decir si salió. Nunca se repite.'],
  },
  cancelled: { tone: 'quiet', en: ['Cancelled'], es: ['Cancelado'] },
});

/** What the carrier says of a message or a call. */
export const deliveryStatus = defineWords({
  unknown: { tone: 'held', en: ['Not known'], es: ['No se sabe'] },
  scheduled: { tone: 'info', en: ['Scheduled'], es: ['Programado'] },
  accepted: { tone: 'info', en: ['Taken by the carrier'], es: ['Aceptado por el operador'] },
  queued: { tone: 'info', en: ['Waiting at the carrier'], es: ['Esperando en el operador'] },
  sending: { tone: 'info', en: ['Being sent'], es: ['Enviándose'] },
  initiated: { tone: 'info', en: ['Dialling'], es: ['Marcando'] },
  ringing: { tone: 'info', en: ['Ringing'], es: ['Sonando'] },
  'in-progress': { tone: 'info', en: ['Speaking'], es: ['Hablando'] },
  sent: { tone: 'info', en: ['Sent', 'On its way to the phone.'], es: ['Enviado', 'En camino al teléfono.'] },
  sent_unconfirmed: {
    tone: 'held',
    en: ['Sent, not confirmed', 'The carrier never said whether it arrived.'],
    es: ['Enviado sin confirmar', 'El operador nunca dijo si llegó.'],
  },
  partially_delivered: { tone: 'held', en: ['Delivered in part'], es: ['Entregado en parte'] },
  canceled: { tone: 'quiet', en: ['Cancelled'], es: ['Cancelado'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
  'no-answer': { tone: 'held', en: ['Nobody answered'], es: ['Nadie contestó'] },
  busy: { tone: 'held', en: ['Busy'], es: ['Ocupado'] },
  undelivered: { tone: 'bad', en: ['Not delivered'], es: ['No entregado'] },
  completed: { tone: 'good', en: ['Completed'], es: ['Completada'] },
  delivered: { tone: 'good', en: ['Delivered'], es: ['Entregado'] },
  read: { tone: 'good', en: ['Read'], es: ['Leído'] },
  receiving: { tone: 'info', en: ['Coming in'], es: ['Llegando'] },
  received: { tone: 'info', en: ['Received'], es: ['Recibido'] },
});

/** One try to hand a message to a carrier. */
export const attemptState = defineWords({
  posting: { tone: 'info', en: ['Being handed over'], es: ['Entregándose'] },
  ambiguous: { tone: 'held', en: ['Being looked up'], es: ['En averiguación'] },
  accepted: { tone: 'good', en: ['Taken'], es: ['Aceptado'] },
  refused: { tone: 'bad', en: ['Refused'], es: ['Rechazado'] },
  not_sent: { tone: 'held', en: ['Proved not sent'], es: ['Comprobado: no enviado'] },
  unknown: { tone: 'bad', en: ['Nobody knows'], es: ['No se sabe'] },
});

export const encoding = defineWords({
  'GSM-7': { tone: 'quiet', en: ['Plain letters (GSM-7)'], es: ['Letras comunes (GSM-7)'] },
  'UCS-2': {
    tone: 'held',
    en: ['Special characters (UCS-2)', 'A segment holds 70 characters instead of 160.'],
    es: ['Caracteres especiales (UCS-2)', 'Un segmento lleva 70 caracteres en vez de 160.'],
  },
});
