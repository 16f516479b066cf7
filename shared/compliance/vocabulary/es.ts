import type { VocabularyData } from './vocabulary-data.ts';

/** The English list in Spanish, with the imperative and the infinitive where both are common in texts. */
export const es: VocabularyData = {
  optOut: [
    'alto',
    'pare',
    'parar',
    'detener',
    'parar todo',
    'detener todo',
    'salir',
    'fin',
    'terminar',
    'revocar',
    'baja',
    'dar de baja',
    'darse de baja',
    'darme de baja',
    'cancelar',
    'cancelar suscripción',
    'desuscribir',
    'desuscribirse',
    'desuscribirme',
    'anular suscripción',
    'eliminar',
    'quitar',
  ],
  optIn: ['iniciar', 'empezar', 'comenzar', 'suscribir', 'suscribirse', 'suscribirme'],
  agreement: ['sí'],
  help: ['ayuda', 'información'],
};
