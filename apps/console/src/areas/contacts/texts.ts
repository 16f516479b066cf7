import { defineTexts } from '../../texts/define.ts';

export const contactTexts = defineTexts({
  en: {
    title: 'Contacts',
    onlyShown: 'Who there is. Contacts are added and changed through the API, one by one or from files.',
    search: 'Name begins with',
    name: 'Name',
    phone: 'Number',
    tags: 'Tags',
    language: 'Language',
    changed: 'Changed',
    emptyTitle: 'Nobody here',
    emptyHint:
      'Contacts are the people whom you write to. They come from files, from forms through the API, and one by one.',
    noneFound: 'Nobody is called so. Search for less of the name.',
  },
  es: {
    title: 'Contactos',
    onlyShown: 'Quién hay. Los contactos se añaden y se cambian por la API, de uno en uno o desde archivos.',
    search: 'El nombre empieza por',
    name: 'Nombre',
    phone: 'Número',
    tags: 'Etiquetas',
    language: 'Idioma',
    changed: 'Cambiado',
    emptyTitle: 'Aquí no hay nadie',
    emptyHint:
      'Los contactos son las personas a quienes escribe. Vienen de archivos, de formularios por la API, y de uno en uno.',
    noneFound: 'Nadie se llama así. Busque con menos del nombre.',
  },
});
