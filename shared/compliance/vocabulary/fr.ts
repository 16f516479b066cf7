import type { VocabularyData } from './vocabulary-data.ts';

/** ARRET is a default keyword of AWS; the rest is the English list in French. */
export const fr: VocabularyData = {
  optOut: [
    'arrêt',
    'arrêter',
    'arrêtez',
    'tout arrêter',
    'quitter',
    'fin',
    'terminer',
    'révoquer',
    'annuler',
    'résilier',
    'désabonner',
    'se désabonner',
    'me désabonner',
    'désabonnement',
    'désinscrire',
    'se désinscrire',
    'me désinscrire',
    'désinscription',
    'supprimer',
    'retirer',
  ],
  optIn: ['démarrer', 'commencer', 'abonner', "s'abonner", "m'abonner"],
  agreement: ['oui'],
  help: ['aide'],
};
