import { defineTexts } from '../../texts/define.ts';

export const drillTexts = defineTexts({
  en: {
    title: 'Drills',
    onlyShown: 'Which drills there are. They are read, written and tried through the API.',
    name: 'Name',
    programmes: 'Programmes',
    prompts: 'Prompts',
    version: 'Version',
    language: 'Language',
    emptyTitle: 'No drills yet',
    emptyHint: 'A drill is a lesson by text: prompts, and what is answered to right and wrong answers.',
  },
  es: {
    title: 'Lecciones',
    onlyShown: 'Qué lecciones hay. Se leen, se escriben y se prueban por la API.',
    name: 'Nombre',
    programmes: 'Programas',
    prompts: 'Preguntas',
    version: 'Versión',
    language: 'Idioma',
    emptyTitle: 'Aún no hay lecciones',
    emptyHint:
      'Una lección va por mensajes: preguntas, y lo que se responde a lo correcto y a lo incorrecto.',
  },
});
