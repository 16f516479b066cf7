import { defineTexts } from '../../texts/define.ts';

export const inboxTexts = defineTexts({
  en: {
    title: 'Inbox',
    onlyShown: 'Who has written, and what last. Conversations are read and answered through the API.',
    folder: 'Folder',
    reply: 'Needs a reply',
    all: 'All',
    who: 'Who',
    lastText: 'Last text',
    lastAt: 'When',
    state: 'State',
    assignee: 'Looked after by',
    emptyTitle: 'Nobody waits for an answer',
    emptyHint: 'What people text and no programme answers comes here.',
  },
  es: {
    title: 'Bandeja',
    onlyShown: 'Quién escribió, y qué al final. Las conversaciones se leen y se responden por la API.',
    folder: 'Carpeta',
    reply: 'Piden respuesta',
    all: 'Todas',
    who: 'Quién',
    lastText: 'Último mensaje',
    lastAt: 'Cuándo',
    state: 'Estado',
    assignee: 'La atiende',
    emptyTitle: 'Nadie espera respuesta',
    emptyHint: 'Lo que la gente escribe y ningún programa responde llega aquí.',
  },
});
