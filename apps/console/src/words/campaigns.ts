import { defineWords } from './define.ts';

export const campaignStatus = defineWords({
  draft: {
    tone: 'quiet',
    en: ['Draft', 'Nobody gets anything yet.'],
    es: ['Borrador', 'Nadie recibe nada todavía.'],
  },
  scheduled: {
    tone: 'info',
    en: ['Scheduled', 'It starts by itself at its time.'],
    es: ['Programada', 'Empieza sola a su hora.'],
  },
  loading: {
    tone: 'info',
    en: ['Starting', 'Its audience is being put together.'],
    es: ['Empezando', 'Se está reuniendo su audiencia.'],
  },
  active: { tone: 'good', en: ['Running'], es: ['En marcha'] },
  paused: {
    tone: 'held',
    en: ['Paused', 'Nothing more goes until somebody resumes it.'],
    es: ['En pausa', 'No sale nada más hasta que alguien la reanude.'],
  },
  completed: { tone: 'good', en: ['Completed'], es: ['Terminada'] },
  stopped: {
    tone: 'quiet',
    en: ['Stopped', 'It was ended before everybody had it.'],
    es: ['Detenida', 'Se terminó antes de que todos la recibieran.'],
  },
  failed: {
    tone: 'bad',
    en: ['Failed', 'It cannot go on; see why in its details.'],
    es: ['Fallida', 'No puede seguir; vea por qué en los detalles.'],
  },
});

/** Of a limit: "in any ...". */
export const throttlePeriod = defineWords({
  minute: { tone: 'quiet', en: ['Minute'], es: ['Un minuto'] },
  hour: { tone: 'quiet', en: ['Hour'], es: ['Una hora'] },
  day: { tone: 'quiet', en: ['Day'], es: ['Un día'] },
});

export const campaignWait = defineWords({
  slot: {
    tone: 'info',
    en: ['Waits for a free place', 'So many campaigns run at once; it starts when one ends.'],
    es: ['Espera un lugar libre', 'Ya corren todas las campañas que caben; empieza cuando termine una.'],
  },
  approval: {
    tone: 'held',
    en: ['Waits for approval', 'Its audience is large: a second person must approve it.'],
    es: ['Espera aprobación', 'Su audiencia es grande: otra persona debe aprobarla.'],
  },
  resume: {
    tone: 'held',
    en: ['Paused while it waited', 'Nothing of it has gone. Once it is resumed, it waits on.'],
    es: ['En pausa mientras esperaba', 'Nada ha salido. Cuando se reanude, sigue esperando.'],
  },
});

export const campaignType = defineWords({
  sms: { tone: 'quiet', en: ['Texts'], es: ['Mensajes'] },
  voice: { tone: 'quiet', en: ['Calls'], es: ['Llamadas'] },
  hybrid: { tone: 'quiet', en: ['Texts and calls'], es: ['Mensajes y llamadas'] },
  drill: { tone: 'quiet', en: ['Lesson'], es: ['Lección'] },
});

export const campaignCommand = defineWords({
  schedule: { tone: 'info', en: ['Schedule'], es: ['Programar'] },
  unschedule: { tone: 'quiet', en: ['Take off the schedule'], es: ['Quitar del calendario'] },
  start: { tone: 'good', en: ['Start'], es: ['Empezar'] },
  pause: { tone: 'held', en: ['Pause'], es: ['Pausar'] },
  resume: { tone: 'good', en: ['Resume'], es: ['Reanudar'] },
  stop: { tone: 'bad', en: ['Stop'], es: ['Detener'] },
});

/** Where a contact of a campaign stands. */
export const contactState = defineWords({
  pending: {
    tone: 'quiet',
    en: ['Waiting', 'Its turn has not come yet.'],
    es: ['En espera', 'Aún no le toca.'],
  },
  queued: { tone: 'info', en: ['About to go'], es: ['A punto de salir'] },
  sent: {
    tone: 'info',
    en: ['Sent', 'The carrier has it and has not said more yet.'],
    es: ['Enviado', 'El operador lo tiene y aún no ha dicho más.'],
  },
  delivered: { tone: 'good', en: ['Delivered'], es: ['Entregado'] },
  answered: {
    tone: 'good',
    en: ['Called', 'A person or a machine took the call.'],
    es: ['Llamado', 'Una persona o un contestador tomó la llamada.'],
  },
  failed: { tone: 'bad', en: ['Failed', 'It did not leave.'], es: ['Falló', 'No salió.'] },
  undelivered: {
    tone: 'bad',
    en: ['Not delivered', 'It left and did not arrive.'],
    es: ['No entregado', 'Salió y no llegó.'],
  },
  held: {
    tone: 'held',
    en: ['Held', 'It goes by itself when it may.'],
    es: ['Retenido', 'Sale solo cuando se puede.'],
  },
  blocked: {
    tone: 'bad',
    en: ['Blocked', 'A rule keeps it from going at all.'],
    es: ['Bloqueado', 'Una regla impide que salga.'],
  },
  skipped: {
    tone: 'quiet',
    en: ['Left out', 'Not sent: a duplicate, or not meant.'],
    es: ['Omitido', 'No se envía: duplicado o no previsto.'],
  },
  cancelled: {
    tone: 'quiet',
    en: ['Cancelled', 'The campaign was stopped before.'],
    es: ['Cancelado', 'La campaña se detuvo antes.'],
  },
});

/** What the carrier says of the message of a contact. */
export const deliveryOutcome = defineWords({
  underway: { tone: 'info', en: ['On its way'], es: ['En camino'] },
  unconfirmed: {
    tone: 'held',
    en: ['Not confirmed', 'The carrier never said whether it arrived.'],
    es: ['Sin confirmar', 'El operador nunca dijo si llegó.'],
  },
  delivered: { tone: 'good', en: ['Delivered'], es: ['Entregado'] },
  read: { tone: 'good', en: ['Read'], es: ['Leído'] },
  undelivered: { tone: 'bad', en: ['Not delivered'], es: ['No entregado'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
  refused: { tone: 'bad', en: ['Refused by the carrier'], es: ['Rechazado por el operador'] },
});

export const guardStage = defineWords({
  slice: { tone: 'info', en: ['Careful start: the first few'], es: ['Inicio cuidadoso: los primeros'] },
  wait: {
    tone: 'info',
    en: ['Careful start: waiting for what carriers say'],
    es: ['Inicio cuidadoso: esperando a los operadores'],
  },
  ramp: { tone: 'info', en: ['Careful start: getting faster'], es: ['Inicio cuidadoso: acelerando'] },
  open: { tone: 'good', en: ['At full pace'], es: ['A pleno ritmo'] },
});

/** What paused a campaign by itself. */
export const pausedBy = defineWords({
  undelivered: { tone: 'bad', en: ['Too many were not delivered'], es: ['Demasiados no se entregaron'] },
  filtered: { tone: 'bad', en: ['Carriers filter it as spam'], es: ['Los operadores lo filtran como spam'] },
  opted_out: { tone: 'bad', en: ['Too many opted out'], es: ['Demasiadas bajas'] },
  canary: { tone: 'bad', en: ['Its careful start did not go well'], es: ['Su inicio cuidadoso no fue bien'] },
  budget: { tone: 'held', en: ['Its budget is used up'], es: ['Su presupuesto se agotó'] },
});

export const experimentMetric = defineWords({
  delivered: { tone: 'quiet', en: ['Delivered'], es: ['Entregados'] },
  reply: { tone: 'quiet', en: ['Replies'], es: ['Respuestas'] },
  click: { tone: 'quiet', en: ['Clicks'], es: ['Clics'] },
  answer: { tone: 'quiet', en: ['Calls answered'], es: ['Llamadas contestadas'] },
});

/** What the next step of a ladder follows upon. */
export const ladderCause = defineWords({
  undelivered: { tone: 'bad', en: ['Not delivered'], es: ['No entregado'] },
  unreachable: { tone: 'bad', en: ['Cannot be reached'], es: ['Inalcanzable'] },
  no_reply: { tone: 'held', en: ['No reply'], es: ['Sin respuesta'] },
  answered: { tone: 'good', en: ['Call answered'], es: ['Llamada contestada'] },
  machine: { tone: 'held', en: ['An answering machine'], es: ['Un contestador'] },
  busy: { tone: 'held', en: ['Busy'], es: ['Ocupado'] },
  no_answer: { tone: 'held', en: ['Nobody answered'], es: ['Nadie contestó'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
});

/** How far a campaign has come, as lists are divided. */
export const campaignPhase = defineWords({
  draft: { tone: 'quiet', en: ['Drafts'], es: ['Borradores'] },
  scheduled: { tone: 'info', en: ['Scheduled'], es: ['Programadas'] },
  running: { tone: 'good', en: ['Running'], es: ['En marcha'] },
  paused: { tone: 'held', en: ['Paused'], es: ['En pausa'] },
  ended: { tone: 'quiet', en: ['Ended'], es: ['Terminadas'] },
});
