import { defineWords } from './define.ts';

export const role = defineWords({
  viewer: { tone: 'quiet', en: ['Viewer', 'Looks at everything.'], es: ['Lectura', 'Lo mira todo.'] },
  operator: {
    tone: 'quiet',
    en: ['Operator', 'Does the daily work.'],
    es: ['Operación', 'Hace el trabajo diario.'],
  },
  admin: {
    tone: 'quiet',
    en: ['Admin', 'Gives out keys and sets things up.'],
    es: ['Administración', 'Da claves y configura.'],
  },
});

export const carrier = defineWords({
  twilio: { tone: 'quiet', en: ['Twilio'], es: ['Twilio'] },
  vonage: { tone: 'quiet', en: ['Vonage'], es: ['Vonage'] },
  aws: { tone: 'quiet', en: ['AWS'], es: ['AWS'] },
});

export const senderType = defineWords({
  long_code: { tone: 'quiet', en: ['Local number'], es: ['Número local'] },
  toll_free: { tone: 'quiet', en: ['Toll-free number'], es: ['Número gratuito'] },
  short_code: { tone: 'quiet', en: ['Short code'], es: ['Código corto'] },
  whatsapp: { tone: 'quiet', en: ['WhatsApp'], es: ['WhatsApp'] },
});

export const senderRegistration = defineWords({
  unregistered: {
    tone: 'bad',
    en: ['Not registered', 'Carriers refuse what it sends.'],
    es: ['Sin registrar', 'Los operadores rechazan lo que envía.'],
  },
  pending: { tone: 'held', en: ['Being registered'], es: ['Registrándose'] },
  registered: { tone: 'good', en: ['Registered'], es: ['Registrado'] },
  rejected: { tone: 'bad', en: ['Registration refused'], es: ['Registro rechazado'] },
});

export const senderHealth = defineWords({
  ok: { tone: 'good', en: ['Works'], es: ['Funciona'] },
  halted: {
    tone: 'bad',
    en: ['Halted', 'Nothing planned goes from it until somebody resumes it.'],
    es: ['Detenido', 'No sale nada previsto hasta que alguien lo reanude.'],
  },
});

export const startFailure = defineWords({
  cannot_be_sent: {
    tone: 'bad',
    en: ['Nothing here sends it', 'No carrier is set up for its kind.'],
    es: ['Aquí nada la envía', 'No hay operador configurado para su clase.'],
  },
  too_late: {
    tone: 'bad',
    en: ['Its end came first', 'It waited, or nothing ran, until its end had come.'],
    es: ['Su fin llegó antes', 'Esperó, o nada funcionaba, hasta que llegó su fin.'],
  },
  audience: {
    tone: 'bad',
    en: ['No audience could be made', 'Its filter is not understood any more.'],
    es: ['No se pudo formar su público', 'Su filtro ya no se entiende.'],
  },
  fault: {
    tone: 'bad',
    en: ['It could not be processed', 'The logs say why.'],
    es: ['No se pudo procesar', 'Los registros dicen por qué.'],
  },
});

export const webhookDeliveryState = defineWords({
  pending: { tone: 'info', en: ['Being delivered'], es: ['Entregándose'] },
  delivered: { tone: 'good', en: ['Delivered'], es: ['Entregado'] },
  failed: { tone: 'bad', en: ['Given up'], es: ['Abandonado'] },
});

export const webhookEvent = defineWords({
  'message.status': { tone: 'quiet', en: ['What became of a message'], es: ['Qué fue de un mensaje'] },
  'message.received': { tone: 'quiet', en: ['A text came in'], es: ['Llegó un mensaje'] },
  'consent.changed': { tone: 'quiet', en: ['Consent changed'], es: ['Cambió un consentimiento'] },
});

export const actorKind = defineWords({
  key: { tone: 'quiet', en: ['API key'], es: ['Clave de API'] },
  person: { tone: 'quiet', en: ['Person'], es: ['Persona'] },
  local: { tone: 'quiet', en: ['At this machine'], es: ['En esta máquina'] },
  everybody: { tone: 'quiet', en: ['Not signed in'], es: ['Sin sesión'] },
  system: { tone: 'quiet', en: ['Carillon itself'], es: ['Carillon mismo'] },
});
