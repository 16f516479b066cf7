import type { CallTexts } from './call-texts.ts';

export const es: CallTexts = {
  identification: (organisation) => `Esta es una llamada automática de ${organisation}.`,
  optOutPrompt: 'Para no recibir más llamadas ni mensajes nuestros, pulse 9 ahora.',
  repeatPrompt: 'Para escuchar de nuevo, pulse 0.',
  goodbye: (number) => `Puede llamarnos al ${number}. Adiós.`,
  optedOutConfirmation: 'No recibirá más llamadas ni mensajes nuestros.',
  calledBack: (organisation) => `Gracias por llamar a ${organisation}.`,
  numberWithheld: 'No podemos ver su número. Por favor, llame de nuevo mostrando su número.',
  machineEnd: (number) =>
    `Para no recibir más llamadas ni mensajes nuestros, llame gratis al ${number} en cualquier momento.`,
};
