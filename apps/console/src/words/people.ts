import { defineWords } from './define.ts';

export const consentStatus = defineWords({
  opted_in: { tone: 'good', en: ['Agreed'], es: ['Aceptó'] },
  pending_opt_out: {
    tone: 'bad',
    en: ['Opting out', 'Nothing goes; the request is being carried out everywhere.'],
    es: ['Dándose de baja', 'No sale nada; la petición se está aplicando en todas partes.'],
  },
  opted_out: { tone: 'bad', en: ['Opted out'], es: ['De baja'] },
});

export const consentMethod = defineWords({
  sms: { tone: 'quiet', en: ['By text'], es: ['Por mensaje'] },
  email: { tone: 'quiet', en: ['By email'], es: ['Por correo'] },
  voice: { tone: 'quiet', en: ['By phone'], es: ['Por teléfono'] },
  web: { tone: 'quiet', en: ['On the web'], es: ['En la web'] },
  manual: { tone: 'quiet', en: ['Entered by somebody'], es: ['Anotado por alguien'] },
  carrier: { tone: 'quiet', en: ['At the carrier'], es: ['En el operador'] },
  import: { tone: 'quiet', en: ['From a file'], es: ['De un archivo'] },
});

export const consentGrant = defineWords({
  informational: { tone: 'quiet', en: ['Information'], es: ['Información'] },
  marketing_in_writing: { tone: 'quiet', en: ['Marketing, in writing'], es: ['Publicidad, por escrito'] },
  artificial_voice: { tone: 'quiet', en: ['Recorded or synthetic voice'], es: ['Voz grabada o sintética'] },
});

export const channel = defineWords({
  sms: { tone: 'quiet', en: ['Texts'], es: ['Mensajes'] },
  voice: { tone: 'quiet', en: ['Calls'], es: ['Llamadas'] },
});

export const reversalReason = defineWords({
  misread_text: { tone: 'quiet', en: ['The text was misread'], es: ['El mensaje se leyó mal'] },
  import_fault: { tone: 'quiet', en: ['The file was wrong'], es: ['El archivo estaba mal'] },
  clerical_error: { tone: 'quiet', en: ['A slip of ours'], es: ['Un error nuestro'] },
});

export const suppressionSource = defineWords({
  user_opt_out: { tone: 'bad', en: ['They opted out'], es: ['Se dio de baja'] },
  admin_import: { tone: 'quiet', en: ['From a list'], es: ['De una lista'] },
  compliance: { tone: 'bad', en: ['By a rule'], es: ['Por una regla'] },
  carrier: { tone: 'bad', en: ['They opted out at the carrier'], es: ['Se dio de baja en el operador'] },
});

export const lineType = defineWords({
  mobile: { tone: 'quiet', en: ['Mobile'], es: ['Móvil'] },
  landline: { tone: 'held', en: ['Landline', 'It cannot take texts.'], es: ['Fijo', 'No recibe mensajes.'] },
  voip: { tone: 'quiet', en: ['Internet phone'], es: ['Teléfono por internet'] },
  toll_free: { tone: 'quiet', en: ['Toll-free'], es: ['Gratuito'] },
});

export const fieldType = defineWords({
  text: { tone: 'quiet', en: ['Text'], es: ['Texto'] },
  number: { tone: 'quiet', en: ['Number'], es: ['Número'] },
  date: { tone: 'quiet', en: ['Date'], es: ['Fecha'] },
  boolean: { tone: 'quiet', en: ['Yes or no'], es: ['Sí o no'] },
  choice: { tone: 'quiet', en: ['Choice'], es: ['Opción'] },
});

export const participantState = defineWords({
  active: { tone: 'good', en: ['Taking part'], es: ['Participa'] },
  completed: { tone: 'good', en: ['Finished'], es: ['Terminó'] },
  opted_out: { tone: 'bad', en: ['Opted out'], es: ['De baja'] },
});

export const enrolledBy = defineWords({
  code: { tone: 'quiet', en: ['With a code'], es: ['Con un código'] },
  list: { tone: 'quiet', en: ['From a list'], es: ['De una lista'] },
  text: { tone: 'quiet', en: ['By any text'], es: ['Con cualquier mensaje'] },
});

export const drillEnd = defineWords({
  completed: { tone: 'good', en: ['Completed'], es: ['Completada'] },
  replaced: { tone: 'quiet', en: ['Another one began'], es: ['Empezó otra'] },
  opted_out: { tone: 'bad', en: ['Opted out'], es: ['De baja'] },
  left: { tone: 'held', en: ['Left'], es: ['Abandonada'] },
  reset: { tone: 'quiet', en: ['Set back'], es: ['Reiniciada'] },
});

export const importStatus = defineWords({
  uploading: { tone: 'info', en: ['Waiting for its file'], es: ['Esperando su archivo'] },
  uploaded: { tone: 'info', en: ['Say what its columns are'], es: ['Diga qué son sus columnas'] },
  checking: { tone: 'info', en: ['Being checked'], es: ['Comprobándose'] },
  checked: {
    tone: 'info',
    en: ['Checked', 'Nothing is taken in until you commit it.'],
    es: ['Comprobado', 'No entra nada hasta que lo confirme.'],
  },
  committing: { tone: 'info', en: ['Being taken in'], es: ['Entrando'] },
  committed: { tone: 'good', en: ['Taken in'], es: ['Dentro'] },
  failed: { tone: 'bad', en: ['Failed'], es: ['Falló'] },
  cancelled: { tone: 'quiet', en: ['Dropped'], es: ['Descartado'] },
});

export const importKind = defineWords({
  contacts: { tone: 'quiet', en: ['Contacts'], es: ['Contactos'] },
  suppressions: { tone: 'quiet', en: ['Numbers that get nothing'], es: ['Números que no reciben nada'] },
});

/** What says where a person is. */
export const placeSource = defineWords({
  zone: { tone: 'quiet', en: ['Their time zone'], es: ['Su zona horaria'] },
  postal_code: { tone: 'quiet', en: ['Their postal code'], es: ['Su código postal'] },
  state: { tone: 'quiet', en: ['Their state'], es: ['Su estado'] },
  area_code: { tone: 'quiet', en: ['The area code'], es: ['El prefijo'] },
  none: { tone: 'held', en: ['Nothing: anywhere in the country'], es: ['Nada: cualquier lugar del país'] },
});

/** What is known of every contact, by the names that filters, texts and columns of files use. */
export const contactField = defineWords({
  phone_number: { tone: 'quiet', en: ['Phone number'], es: ['Número de teléfono'] },
  external_id: { tone: 'quiet', en: ['Your own id'], es: ['Su propio identificador'] },
  name: { tone: 'quiet', en: ['Name'], es: ['Nombre'] },
  first_name: { tone: 'quiet', en: ['First name'], es: ['Nombre de pila'] },
  last_name: { tone: 'quiet', en: ['Family name'], es: ['Apellidos'] },
  language: { tone: 'quiet', en: ['Language'], es: ['Idioma'] },
  time_zone: { tone: 'quiet', en: ['Time zone'], es: ['Zona horaria'] },
  state: { tone: 'quiet', en: ['State'], es: ['Estado'] },
  postal_code: { tone: 'quiet', en: ['Postal code'], es: ['Código postal'] },
  line_type: { tone: 'quiet', en: ['Kind of line'], es: ['Tipo de línea'] },
  tags: { tone: 'quiet', en: ['Tags'], es: ['Etiquetas'] },
  last_reply: { tone: 'quiet', en: ['Newest text of theirs'], es: ['Su último mensaje'] },
  last_reply_at: { tone: 'quiet', en: ['Last wrote'], es: ['Escribió por última vez'] },
  created_at: { tone: 'quiet', en: ['Added'], es: ['Añadido'] },
  updated_at: { tone: 'quiet', en: ['Changed'], es: ['Cambiado'] },
});

/** What else a column of a file may be. */
export const importTarget = defineWords({
  consent_source: {
    tone: 'quiet',
    en: ['Consent: where it comes from'],
    es: ['Consentimiento: de dónde viene'],
  },
  consent_wording: {
    tone: 'quiet',
    en: ['Consent: what was shown'],
    es: ['Consentimiento: lo que se mostró'],
  },
  consent_timestamp: { tone: 'quiet', en: ['Consent: when'], es: ['Consentimiento: cuándo'] },
  consent_granted: { tone: 'quiet', en: ['Consent: to what'], es: ['Consentimiento: para qué'] },
  consent_method: { tone: 'quiet', en: ['Consent: by which way'], es: ['Consentimiento: por qué vía'] },
  consent_action: { tone: 'quiet', en: ['Consent: what they did'], es: ['Consentimiento: qué hizo'] },
  scope: { tone: 'quiet', en: ['What they stopped'], es: ['Qué detuvo'] },
  reason: { tone: 'quiet', en: ['Reason'], es: ['Motivo'] },
  requested_at: { tone: 'quiet', en: ['When they asked'], es: ['Cuándo lo pidió'] },
  original_message: { tone: 'quiet', en: ['What they wrote'], es: ['Qué escribió'] },
  tracking_id: { tone: 'quiet', en: ['Id of the request'], es: ['Identificador de la petición'] },
});

/** What happened to a person. */
export const timelineKind = defineWords({
  text: { tone: 'info', en: ['Text from them'], es: ['Mensaje suyo'] },
  message: { tone: 'quiet', en: ['Message of ours'], es: ['Mensaje nuestro'] },
  consent: { tone: 'quiet', en: ['Consent'], es: ['Consentimiento'] },
  campaign: { tone: 'quiet', en: ['Campaign'], es: ['Campaña'] },
  drill: { tone: 'quiet', en: ['Lesson'], es: ['Lección'] },
  note: { tone: 'quiet', en: ['Note'], es: ['Nota'] },
});

/** What happened in a lesson, or around it. */
export const lessonEvent = defineWords({
  USER_VALIDATED: { tone: 'good', en: ['Joined the programme'], es: ['Entró en el programa'] },
  DRILL_STARTED: { tone: 'info', en: ['A lesson began'], es: ['Empezó una lección'] },
  REMINDER_TRIGGERED: { tone: 'quiet', en: ['Was reminded'], es: ['Recibió un recordatorio'] },
  COMPLETED_PROMPT: { tone: 'good', en: ['Answered'], es: ['Respondió'] },
  FAILED_PROMPT: { tone: 'held', en: ['Answered, not as asked'], es: ['Respondió otra cosa'] },
  DRILL_COMPLETED: { tone: 'good', en: ['Finished the lesson'], es: ['Terminó la lección'] },
  USER_UPDATED: {
    tone: 'quiet',
    en: ['What the lessons know of them changed'],
    es: ['Cambió lo que las lecciones saben'],
  },
});
