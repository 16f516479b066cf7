import type { CallTexts } from './call-texts.ts';

export const en: CallTexts = {
  identification: (organisation) => `This is an automated call from ${organisation}.`,
  optOutPrompt: 'To stop all calls and texts from us, press 9 now.',
  repeatPrompt: 'To hear this again, press 0.',
  goodbye: (number) => `You can reach us at ${number}. Goodbye.`,
  optedOutConfirmation: 'You will get no more calls or texts from us.',
  calledBack: (organisation) => `Thank you for calling ${organisation}.`,
  numberWithheld: 'We cannot see your number. Please call again with your number shown.',
  machineEnd: (number) => `To stop all calls and texts from us, call ${number} at any time, free of charge.`,
};
