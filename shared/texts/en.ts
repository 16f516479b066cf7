import type { BuiltInTexts } from './text-names.ts';

export const en: BuiltInTexts = {
  tryAgain: 'Not quite. Please try again.',
  correctedAnswer: 'Not quite. The right answer is: {{correctAnswer}}',
  right: 'That is right!',
  invalidCode: 'We do not know that code. Please check it and send it again, or text HELP.',
  wordsOnly: 'Sorry, we cannot read pictures, recordings or contact cards here. Please write it in words.',
  reminder:
    'Hi {{name}}, your last question from {{programme}} is waiting for you. Reply whenever you have a moment.',
  optOutConfirmation:
    '{{programme}} ({{organisation}}): you are unsubscribed and will get no more messages. To come back, text START.',
  optedBackIn:
    '{{programme}}: you will get our messages again. Msg & data rates may apply. Text HELP for help, STOP to end.',
  menu: '{{programme}}: text MORE for the next lesson, SUPPORT to reach a person, HELP for help, STOP to end.',
  support: '{{programme}}: reach a person at {{contact}}, or write here and we will read it.',
  help: '{{programme}} ({{organisation}}). Help: {{contact}}. Text MORE for the next lesson, STOP to end. Msg & data rates may apply.',
  nothingMore: 'You have finished every lesson of {{programme}}. Thank you for taking part!',
};
