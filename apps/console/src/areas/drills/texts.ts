import { defineTexts } from '../../texts/define.ts';

export const drillTexts = defineTexts({
  en: { parts: 'Parts of drills', tabDrills: 'Drills', tabProgrammes: 'Programmes' },
  es: { parts: 'Partes de lecciones', tabDrills: 'Lecciones', tabProgrammes: 'Programas' },
});

export const downloadTexts = defineTexts({
  en: { failed: 'The file was not saved', failedHint: 'Try it again in a moment.' },
  es: { failed: 'El archivo no se guardó', failedHint: 'Pruebe otra vez en un momento.' },
});
