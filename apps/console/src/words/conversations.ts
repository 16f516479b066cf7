import { defineWords } from './define.ts';

export const conversationState = defineWords({
  open: { tone: 'info', en: ['Open'], es: ['Abierta'] },
  pending: { tone: 'held', en: ['Waits for them'], es: ['Espera a la persona'] },
  snoozed: { tone: 'quiet', en: ['Snoozed'], es: ['Pospuesta'] },
  closed: { tone: 'quiet', en: ['Closed'], es: ['Cerrada'] },
});

/** Who a text was for. */
export const takenAs = defineWords({
  consent: { tone: 'bad', en: ['Opt-out or opt-in'], es: ['Baja o alta'] },
  stopped: { tone: 'quiet', en: ['From somebody who opted out'], es: ['De alguien de baja'] },
  lesson: { tone: 'quiet', en: ['Answer in a lesson'], es: ['Respuesta en una lección'] },
  dialog: { tone: 'quiet', en: ['Answered by the programme'], es: ['Respondido por el programa'] },
  people: { tone: 'info', en: ['For people'], es: ['Para personas'] },
  untold: { tone: 'held', en: ['Not decided yet'], es: ['Aún sin decidir'] },
});

export const agentMode = defineWords({
  off: { tone: 'quiet', en: ['Off'], es: ['Apagado'] },
  draft: {
    tone: 'info',
    en: ['Writes drafts', 'People send them.'],
    es: ['Escribe borradores', 'Las personas los envían.'],
  },
  automatic: { tone: 'good', en: ['Answers by itself'], es: ['Responde solo'] },
});

export const agentAnswerState = defineWords({
  due: { tone: 'info', en: ['Being thought about'], es: ['Pensándose'] },
  drafted: { tone: 'held', en: ['Draft, waits for you'], es: ['Borrador, le espera'] },
  sent: { tone: 'good', en: ['Sent'], es: ['Enviado'] },
  rejected: { tone: 'quiet', en: ['Draft not used'], es: ['Borrador no usado'] },
  handed_over: { tone: 'held', en: ['Given to people'], es: ['Pasado a personas'] },
  silent: { tone: 'quiet', en: ['Nothing to say'], es: ['Nada que decir'] },
  overtaken: { tone: 'quiet', en: ['Somebody was faster'], es: ['Alguien se adelantó'] },
});

/** Why people have it. */
export const handOverReason = defineWords({
  unsure: { tone: 'held', en: ['The agent is not sure'], es: ['El agente no está seguro'] },
  wants_person: { tone: 'held', en: ['They want a person'], es: ['Quiere una persona'] },
  may_be_opt_out: { tone: 'bad', en: ['It may be an opt-out'], es: ['Puede ser una baja'] },
  machine: { tone: 'quiet', en: ['A machine may be writing'], es: ['Quizá escribe una máquina'] },
  no_words: { tone: 'quiet', en: ['There are no words in it'], es: ['No lleva palabras'] },
  too_many: { tone: 'held', en: ['Too many answers in an hour'], es: ['Demasiadas respuestas en una hora'] },
  wrote_again: { tone: 'quiet', en: ['They wrote again meanwhile'], es: ['Escribió otra vez entretanto'] },
  too_late: { tone: 'quiet', en: ['Too late to answer by itself'], es: ['Tarde para responder solo'] },
  failed: { tone: 'bad', en: ['The agent failed'], es: ['El agente falló'] },
  timed_out: { tone: 'bad', en: ['The agent took too long'], es: ['El agente tardó demasiado'] },
  interrupted: { tone: 'bad', en: ['The agent was interrupted'], es: ['El agente se interrumpió'] },
  empty: { tone: 'bad', en: ['The agent had no words'], es: ['El agente no dijo nada'] },
  gate: {
    tone: 'held',
    en: ['A rule keeps the answer from going'],
    es: ['Una regla impide que salga la respuesta'],
  },
});

export const agentRuleAction = defineWords({
  answer: { tone: 'good', en: ['Answer'], es: ['Responder'] },
  hand_over: { tone: 'held', en: ['Give to people'], es: ['Pasar a personas'] },
});

export const trialOutcome = defineWords({
  opt_out: { tone: 'bad', en: ['Opt-out'], es: ['Baja'] },
  answered: { tone: 'good', en: ['Would be answered'], es: ['Se respondería'] },
  handed_over: { tone: 'held', en: ['Would go to people'], es: ['Iría a personas'] },
  nothing: { tone: 'quiet', en: ['Nothing would happen'], es: ['No pasaría nada'] },
});

export const answerSource = defineWords({
  rules: { tone: 'quiet', en: ['By rules'], es: ['Por reglas'] },
  bedrock: { tone: 'quiet', en: ['By the language model'], es: ['Por el modelo de lenguaje'] },
});
