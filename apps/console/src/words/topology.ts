import { defineWords } from './define.ts';

/** Parts of the system: what each is called, and what it does. */
export const serviceWords = defineWords({
  gateway: {
    tone: 'quiet',
    en: ['Gateway', 'Takes what carriers send: texts, what became of messages, calls.'],
    es: ['Puerta', 'Recibe lo que envían los operadores: mensajes, estados, llamadas.'],
  },
  dialog: {
    tone: 'quiet',
    en: ['Dialog', 'Leads people through lessons and answers what they text.'],
    es: ['Diálogo', 'Guía a las personas por las lecciones y responde a lo que escriben.'],
  },
  outbound: {
    tone: 'quiet',
    en: ['Outbound', 'Writes the messages that dialogs ask for.'],
    es: ['Salida', 'Escribe los mensajes que piden los diálogos.'],
  },
  sender: {
    tone: 'quiet',
    en: ['Sender', 'Asks the rules, keeps the pace, hands texts to carriers.'],
    es: ['Remitente', 'Consulta las reglas, guarda el ritmo, entrega mensajes a los operadores.'],
  },
  caller: {
    tone: 'quiet',
    en: ['Caller', 'Asks the rules, keeps the pace, makes calls.'],
    es: ['Llamador', 'Consulta las reglas, guarda el ritmo, hace llamadas.'],
  },
  progress: {
    tone: 'quiet',
    en: ['Progress', 'Knows how far everybody is, starts the next lesson, reminds.'],
    es: ['Progreso', 'Sabe hasta dónde llegó cada quien, inicia la próxima lección, recuerda.'],
  },
  log: {
    tone: 'quiet',
    en: ['Log', 'Keeps what was sent, received and reported.'],
    es: ['Registro', 'Guarda lo enviado, lo recibido y lo notificado.'],
  },
  api: {
    tone: 'quiet',
    en: ['API', 'Serves this console and your other programs.'],
    es: ['API', 'Sirve a esta consola y a sus otros programas.'],
  },
  campaigns: {
    tone: 'quiet',
    en: ['Campaigns', 'Leads campaigns from start to end.'],
    es: ['Campañas', 'Lleva las campañas de principio a fin.'],
  },
  inbox: {
    tone: 'quiet',
    en: ['Inbox', 'Puts texts into conversations and asks the agent.'],
    es: ['Bandeja', 'Lleva los mensajes a conversaciones y consulta al agente.'],
  },
});

export const streamWords = defineWords({
  'dialog-commands': {
    tone: 'quiet',
    en: ['Commands', 'What is to happen with somebody, person by person.'],
    es: ['Órdenes', 'Lo que ha de pasar con alguien, persona por persona.'],
  },
  'dialog-events': {
    tone: 'quiet',
    en: ['Events', 'What happened with somebody, person by person.'],
    es: ['Sucesos', 'Lo que pasó con alguien, persona por persona.'],
  },
  'message-log': {
    tone: 'quiet',
    en: ['Message log', 'What was sent, and what carriers say of it.'],
    es: ['Registro de mensajes', 'Lo enviado, y lo que dicen los operadores.'],
  },
});

export const queueWords = defineWords({
  'sms-replies.fifo': {
    tone: 'quiet',
    en: ['Answers', 'Texts that somebody waits for.'],
    es: ['Respuestas', 'Mensajes que alguien espera.'],
  },
  'sms-bulk.fifo': {
    tone: 'quiet',
    en: ['Planned texts', 'Texts of campaigns and schedules.'],
    es: ['Mensajes previstos', 'Mensajes de campañas y calendarios.'],
  },
  'voice.fifo': {
    tone: 'quiet',
    en: ['Calls', 'Calls that wait for their turn.'],
    es: ['Llamadas', 'Llamadas que esperan su turno.'],
  },
});

/** Where a record stands that could not be processed. */
export const deadLetterState = defineWords({
  quarantined: {
    tone: 'bad',
    en: ['Set aside', 'It could not be processed. Mend what is wrong, then try it again, or give it up.'],
    es: ['Apartado', 'No se pudo procesar. Arregle lo que falla y reinténtelo, o abandónelo.'],
  },
  parked: {
    tone: 'held',
    en: ['Waits behind another', 'It follows by itself when the one before it is settled.'],
    es: ['Espera detrás de otro', 'Sigue solo cuando se resuelva el anterior.'],
  },
  redriven: { tone: 'good', en: ['Tried again'], es: ['Reintentado'] },
  discarded: { tone: 'quiet', en: ['Given up'], es: ['Abandonado'] },
});

/** Why a record that was set aside stays as it is. */
export const deadLetterStays = defineWords({
  never_on_a_stream: {
    tone: 'held',
    en: ['It was never on a stream: the gateway kept it aside'],
    es: ['Nunca estuvo en un flujo: la puerta lo apartó'],
  },
  follows_by_itself: {
    tone: 'held',
    en: ['It follows by itself when what is before it is settled'],
    es: ['Sigue solo cuando se resuelva lo anterior'],
  },
  another_comes_first: {
    tone: 'held',
    en: ['Another of the same phone comes first'],
    es: ['Otro del mismo teléfono va antes'],
  },
  too_old: {
    tone: 'held',
    en: ['It is so old that the dialog would do again what it has done'],
    es: ['Es tan antiguo que el diálogo haría otra vez lo que ya hizo'],
  },
  settled_meanwhile: {
    tone: 'quiet',
    en: ['Somebody has settled it meanwhile'],
    es: ['Alguien lo resolvió mientras tanto'],
  },
});
