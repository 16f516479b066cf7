import { defineWords } from './define.ts';

/** What an answer in a lesson was. */
export const answerOutcome = defineWords({
  started: { tone: 'info', en: ['The lesson began'], es: ['Empezó la lección'] },
  right: { tone: 'good', en: ['Right'], es: ['Correcta'] },
  wrong: { tone: 'bad', en: ['Wrong'], es: ['Incorrecta'] },
  abandoned: {
    tone: 'held',
    en: ['No more tries', 'The right answer is told and the lesson goes on.'],
    es: ['Sin más intentos', 'Se dice la respuesta y la lección sigue.'],
  },
  noted: { tone: 'info', en: ['Noted'], es: ['Anotada'] },
  other: { tone: 'quiet', en: ['Not an answer'], es: ['No es una respuesta'] },
  reminded: { tone: 'held', en: ['Reminded'], es: ['Recordatorio'] },
  nothing: { tone: 'quiet', en: ['Nothing happens'], es: ['No pasa nada'] },
});

export const registrationBy = defineWords({
  code: { tone: 'quiet', en: ['With a code'], es: ['Con un código'] },
  'contact list': { tone: 'quiet', en: ['From a contact list'], es: ['De una lista de contactos'] },
  open: { tone: 'quiet', en: ['By any text'], es: ['Con cualquier mensaje'] },
});

export const contentKind = defineWords({
  drill: { tone: 'quiet', en: ['Drill'], es: ['Lección'] },
  programme: { tone: 'quiet', en: ['Programme'], es: ['Programa'] },
});

export const contentBecame = defineWords({
  draft: { tone: 'info', en: ['Draft'], es: ['Borrador'] },
  published: { tone: 'good', en: ['Published'], es: ['Publicado'] },
  unchanged: { tone: 'quiet', en: ['As it was'], es: ['Como estaba'] },
  left: { tone: 'held', en: ['Left as it is'], es: ['Se dejó como está'] },
});

/** What happened in the dialog with a person. */
export const dialogEvent = defineWords({
  DRILL_STARTED: { tone: 'info', en: ['A drill began'], es: ['Empezó una lección'] },
  ADVANCED_TO_NEXT_PROMPT: { tone: 'quiet', en: ['Next question'], es: ['Siguiente pregunta'] },
  COMPLETED_PROMPT: { tone: 'good', en: ['Answered'], es: ['Respondió'] },
  FAILED_PROMPT: { tone: 'bad', en: ['Answered wrong'], es: ['Respondió mal'] },
  DRILL_COMPLETED: { tone: 'good', en: ['Drill completed'], es: ['Lección completada'] },
  REMINDER_TRIGGERED: { tone: 'held', en: ['Reminded'], es: ['Recordatorio'] },
  USER_VALIDATED: { tone: 'info', en: ['Registered'], es: ['Se inscribió'] },
  USER_VALIDATION_FAILED: { tone: 'held', en: ['Sent no valid code'], es: ['Envió un código no válido'] },
  OPTED_OUT: { tone: 'bad', en: ['Opted out'], es: ['Se dio de baja'] },
  OPTED_BACK_IN: { tone: 'good', en: ['Opted in again'], es: ['Volvió a darse de alta'] },
  NEXT_DRILL_REQUESTED: { tone: 'info', en: ['Asked for more'], es: ['Pidió más'] },
  NAME_CHANGE_REQUESTED: { tone: 'quiet', en: ['Asked for another name'], es: ['Pidió otro nombre'] },
  LANGUAGE_CHANGE_REQUESTED: { tone: 'quiet', en: ['Asked for another language'], es: ['Pidió otro idioma'] },
  SCHEDULING_REQUESTED: { tone: 'quiet', en: ['Asked for another time'], es: ['Pidió otra hora'] },
  HELP_REQUESTED: { tone: 'quiet', en: ['Asked for help'], es: ['Pidió ayuda'] },
  MENU_REQUESTED: { tone: 'quiet', en: ['Asked for the menu'], es: ['Pidió el menú'] },
  SUPPORT_REQUESTED: { tone: 'held', en: ['Asked for support'], es: ['Pidió apoyo'] },
  DASHBOARD_REQUESTED: { tone: 'quiet', en: ['Asked for the dashboard'], es: ['Pidió el panel'] },
  DEMO_REQUESTED: { tone: 'quiet', en: ['Asked for a demo'], es: ['Pidió una demostración'] },
  THANK_YOU_RECEIVED: { tone: 'quiet', en: ['Said thanks'], es: ['Dio las gracias'] },
  UNHANDLED_MESSAGE_RECEIVED: { tone: 'held', en: ['Wrote something else'], es: ['Escribió otra cosa'] },
  AD_HOC_MESSAGE_SENT: { tone: 'quiet', en: ['Was sent a message'], es: ['Se le envió un mensaje'] },
  USER_UPDATED: { tone: 'quiet', en: ['Profile changed'], es: ['Cambió el perfil'] },
});
