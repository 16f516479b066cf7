import { defineTexts } from '../../texts/define.ts';

export const systemTexts = defineTexts({
  en: {
    title: 'System',
    queued: 'Waiting to go',
    oldest: 'The oldest for {span}',
    held: 'Held until they may go',
    doubt: 'Being looked up',
    doubtNote: 'Nobody knows yet whether the carrier took them',
    aside: 'Records set aside',
  },
  es: {
    title: 'Sistema',
    queued: 'Esperando salir',
    oldest: 'El más antiguo desde hace {span}',
    held: 'Retenidos hasta que puedan salir',
    doubt: 'En averiguación',
    doubtNote: 'Aún no se sabe si el operador los aceptó',
    aside: 'Registros apartados',
  },
});
