import { defineTexts } from '../../texts/define.ts';

export const phoneTexts = defineTexts({
  en: {
    title: 'Phones',
    hintTitle: 'Be a phone',
    hint: 'Where the carrier is simulated, anybody can be a phone. In a terminal, beside the one that runs Carillon:',
  },
  es: {
    title: 'Teléfonos',
    hintTitle: 'Sea un teléfono',
    hint: 'Donde el operador es simulado, cualquiera puede ser un teléfono. En una terminal, junto a la que ejecuta Carillon:',
  },
});
