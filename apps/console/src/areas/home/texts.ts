import { defineTexts } from '../../texts/define.ts';

export const homeTexts = defineTexts({
  en: {
    title: 'Home',
    state: 'How it stands, as of now.',
    running: 'Campaigns running',
    waiting: 'Replies waiting',
    held: 'Messages held',
  },
  es: {
    title: 'Inicio',
    state: 'Cómo está, ahora mismo.',
    running: 'Campañas en marcha',
    waiting: 'Respuestas en espera',
    held: 'Mensajes retenidos',
  },
});
