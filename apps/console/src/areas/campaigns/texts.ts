import { defineTexts } from '../../texts/define.ts';

/** Whom a campaign is for, in a few words. */
export const audienceTexts = defineTexts({
  en: {
    nobody: 'Nobody yet',
    goneList: 'a list that was deleted',
    whoMatch: 'who match a filter',
    allWhoMatch: 'All who match a filter',
    whoAnswered: 'who answered an earlier campaign',
    without: '{who}, without {lists}',
  },
  es: {
    nobody: 'Nadie todavía',
    goneList: 'una lista borrada',
    whoMatch: 'quienes cumplen un filtro',
    allWhoMatch: 'Todos los que cumplen un filtro',
    whoAnswered: 'quienes respondieron a otra campaña',
    without: '{who}, sin {lists}',
  },
});

/** What campaigns are told to do. */
export const commandTexts = defineTexts({
  en: {
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    stopping: 'Stop…',
    unschedule: 'Take off the schedule',
    clone: 'Make a copy',
    export: 'Export contacts as CSV',
    archive: 'Put away',
    takeOut: 'Take out again',
    remove: 'Delete the draft',
    edit: 'Edit',
    more: 'More for {name}',
    paused: '{name} is paused. Nothing more goes until somebody resumes it.',
    resumed: '{name} goes on.',
    stopped: '{name} is stopped.',
    unscheduled: '{name} is a draft again.',
    cloned: 'The copy is a draft. Nobody gets anything of it yet.',
    archived: '{name} is put away. It is under Put away.',
    tookOut: '{name} is back in the list.',
    removed: 'The draft {name} is deleted.',
    stopTitle: 'Stop {name}?',
    stopWhy: {
      one: '{count} person has not got it yet, and never will. What was sent stays sent. This cannot be undone; to wait only, pause it.',
      other:
        '{count} people have not got it yet, and never will. What was sent stays sent. This cannot be undone; to wait only, pause it.',
    },
    stopTyped: 'To stop it, type {count}, how many will not get it',
    stopNobody: 'Nobody waits for it. What was sent stays sent. It cannot be started again.',
    stopDo: 'Stop it for good',
    keep: 'Let it be',
  },
  es: {
    pause: 'Pausar',
    resume: 'Reanudar',
    stop: 'Detener',
    stopping: 'Detener…',
    unschedule: 'Quitar del calendario',
    clone: 'Hacer una copia',
    export: 'Exportar contactos en CSV',
    archive: 'Guardar aparte',
    takeOut: 'Volver a sacar',
    remove: 'Borrar el borrador',
    edit: 'Editar',
    more: 'Más para {name}',
    paused: '{name} está en pausa. No sale nada más hasta que alguien la reanude.',
    resumed: '{name} sigue adelante.',
    stopped: '{name} está detenida.',
    unscheduled: '{name} vuelve a ser un borrador.',
    cloned: 'La copia es un borrador. Nadie recibe nada de ella todavía.',
    archived: '{name} se guardó aparte. Está en Guardadas.',
    tookOut: '{name} está de nuevo en la lista.',
    removed: 'El borrador {name} se borró.',
    stopTitle: '¿Detener {name}?',
    stopWhy: {
      one: '{count} persona aún no la recibió y nunca la recibirá. Lo enviado queda enviado. No se puede deshacer; para solo esperar, páusela.',
      other:
        '{count} personas aún no la recibieron y nunca la recibirán. Lo enviado queda enviado. No se puede deshacer; para solo esperar, páusela.',
    },
    stopTyped: 'Para detenerla, escriba {count}: cuántas no la recibirán',
    stopNobody: 'Nadie la espera. Lo enviado queda enviado. No se puede volver a empezar.',
    stopDo: 'Detenerla para siempre',
    keep: 'Dejarla',
  },
});
