import { defineTexts } from '../../texts/define.ts';

export const campaignTexts = defineTexts({
  en: {
    title: 'Campaigns',
    status: 'Status',
    all: 'All',
    active: 'Running',
    scheduled: 'Scheduled',
    paused: 'Paused',
    draft: 'Drafts',
    archived: 'Put away',
    name: 'Name',
    type: 'Kind',
    starts: 'Starts',
    changed: 'Changed',
    by: 'By',
    emptyTitle: 'No campaigns here',
    emptyHint:
      'A campaign sends one message to many people, when they may get it, and shows what became of it.',
  },
  es: {
    title: 'Campañas',
    status: 'Estado',
    all: 'Todas',
    active: 'En marcha',
    scheduled: 'Programadas',
    paused: 'En pausa',
    draft: 'Borradores',
    archived: 'Guardadas',
    name: 'Nombre',
    type: 'Tipo',
    starts: 'Empieza',
    changed: 'Cambiada',
    by: 'Por',
    emptyTitle: 'Aquí no hay campañas',
    emptyHint:
      'Una campaña envía un mensaje a muchas personas, cuando pueden recibirlo, y muestra qué fue de él.',
  },
});
