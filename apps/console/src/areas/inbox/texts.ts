import { defineTexts } from '../../texts/define.ts';

export const inboxTexts = defineTexts({
  en: {
    title: 'Inbox',
    folder: 'Folder',
    reply: 'Needs a reply',
    all: 'All',
    who: 'Who',
    lastText: 'Last text',
    lastAt: 'When',
    state: 'State',
    assignee: 'Looked after by',
    emptyTitle: 'Nothing waits for you',
    emptyHint: 'What people text and no programme answers comes here, for you to answer.',
  },
  es: {
    title: 'Bandeja',
    folder: 'Carpeta',
    reply: 'Piden respuesta',
    all: 'Todas',
    who: 'Quién',
    lastText: 'Último mensaje',
    lastAt: 'Cuándo',
    state: 'Estado',
    assignee: 'La atiende',
    emptyTitle: 'Nada le espera',
    emptyHint: 'Lo que la gente escribe y ningún programa responde llega aquí, para que usted responda.',
  },
});
