import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { TextName } from '#shared/texts/text-names.ts';
import { textFor } from '#shared/texts/texts.ts';

/** The programme of the month, as files, and what its texts say: one drill that asks who somebody is, then lessons. */

export type Language = 'en' | 'es';

export const COURSE = {
  slug: 'thirty-days',
  name: 'Thirty Days',
  code: 'THIRTY',
  zone: 'America/New_York',
  /** Of whoever chose no time. */
  time: '10:00',
  days: [1, 2, 3, 4, 5],
  idleHours: 12,
  spreadMinutes: 30,
  remindAfterHours: 4,
  remindUntilHours: 24,
} as const;

export const SETTLE = 'settle';
export const settlePrompts = ['language', 'zone', 'time'] as const;
export const lessonSlug = (lesson: number): string => `lesson-${String(lesson).padStart(2, '0')}`;

const settleTexts = {
  language: { en: 'Welcome! English or Spanish?', es: 'Hola. ¿Inglés o español?' },
  zone: { en: 'Which time zone do you live in?', es: '¿En qué zona horaria vives?' },
  time: { en: 'At what time do you want your lessons?', es: '¿A qué hora quieres las lecciones?' },
  done: { en: 'All set. Your lessons come by themselves.', es: 'Listo. Las lecciones llegan solas.' },
} as const;

const question = (lesson: number) => ({
  en: `Lesson ${lesson}: what cleans hands?\na) soap\nb) dust`,
  es: `Lección ${lesson}: ¿con qué se lavan las manos?\na) con jabón\nb) con polvo`,
});
const end = (lesson: number) => ({
  en: `This was lesson ${lesson}. Text MORE for the next one.`,
  es: `Esta fue la lección ${lesson}. Responde SIGUIENTE para seguir.`,
});

export const answers = {
  right: { en: 'soap', es: 'con jabón' },
  wrong: { en: 'b', es: 'b' },
  more: { en: 'more', es: 'siguiente' },
  schedule: { en: 'schedule', es: 'horario' },
  language: { en: 'English', es: 'Español' },
} as const;

/** Writes the files of the programme into a folder, which is made. */
export async function writeCourse(folder: string, lessons: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const numbers = Array.from({ length: lessons }, (_, index) => index + 1);
  const text = (given: { en: string; es: string }) => [{ text: given }];
  const drill = (slug: string, prompts: object[]) => ({
    ...{ kind: 'drill', slug, name: slug, version: 1, defaultLanguage: 'en' },
    prompts,
  });
  const stored = { language: 'language', zone: 'timezone', time: 'deliveryTime' };
  const files = [
    {
      kind: 'programme',
      ...{ slug: COURSE.slug, name: COURSE.name, company: 'Elm County Health', contact: 'care@example.org' },
      ...{ registration: 'code', codes: [{ code: COURSE.code }], senderNumbers: ['default'] },
      ...{ defaultLanguage: 'en', timezone: COURSE.zone, intent: 'transactional' },
      delivery: {
        ...{ time: COURSE.time, days: COURSE.days, idleHours: COURSE.idleHours },
        spreadMinutes: COURSE.spreadMinutes,
      },
      reminders: { afterHours: COURSE.remindAfterHours, untilHours: COURSE.remindUntilHours },
      drills: [SETTLE, ...numbers.map(lessonSlug)],
    },
    drill(SETTLE, [
      ...settlePrompts.map((slug) => ({ slug, messages: text(settleTexts[slug]), storeAs: stored[slug] })),
      { slug: 'done', messages: text(settleTexts.done) },
    ]),
    ...numbers.map((lesson) =>
      drill(lessonSlug(lesson), [
        {
          slug: 'question',
          messages: text(question(lesson)),
          correctResponse: { en: 'a) soap', es: 'a) con jabón' },
          options: { en: ['a) soap', 'b) dust'], es: ['a) con jabón', 'b) con polvo'] },
          accepts: { en: ['soap'], es: ['jabón'] },
        },
        { slug: 'end', messages: text(end(lesson)) },
      ]),
    ),
  ];
  for (const file of files) await writeFile(join(folder, `${file.slug}.yaml`), stringify(file));
}

export type Settling = { kind: 'settle'; prompt: (typeof settlePrompts)[number] | 'done' };
export type Question = { kind: 'question'; lesson: number };
/** What a text of ours is. */
export type Said = Settling | Question | { kind: 'end'; lesson: number } | { kind: TextName };

export function nameOf(said: Said): string {
  if (said.kind === 'settle') return `settle ${said.prompt}`;
  return said.kind === 'question' || said.kind === 'end' ? `${said.kind} ${said.lesson}` : said.kind;
}

const built: readonly TextName[] = [
  'tryAgain',
  'correctedAnswer',
  'right',
  'invalidCode',
  'reminder',
  'optOutConfirmation',
  'optedBackIn',
  'nothingMore',
];

/** Tells what a text of the course is and in which language; null: it is none of them. */
export function listener(lessons: number): (body: string) => { said: Said; language: Language } | null {
  const exact = new Map<string, { said: Said; language: Language }>();
  const patterns: { pattern: RegExp; said: Said; language: Language }[] = [];
  for (const language of ['en', 'es'] as const) {
    for (const prompt of [...settlePrompts, 'done'] as const) {
      exact.set(settleTexts[prompt][language], { said: { kind: 'settle', prompt }, language });
    }
    for (let lesson = 1; lesson <= lessons; lesson += 1) {
      exact.set(question(lesson)[language], { said: { kind: 'question', lesson }, language });
      exact.set(end(lesson)[language], { said: { kind: 'end', lesson }, language });
    }
    for (const kind of built) {
      const template = textFor(kind, language, null);
      if (template !== null) patterns.push({ pattern: patternOf(template), said: { kind }, language });
    }
  }
  return (body) => exact.get(body) ?? patterns.find(({ pattern }) => pattern.test(body)) ?? null;
}

/** Whatever stands in its placeholders, also nothing with the space and the comma around it. */
function patternOf(template: string): RegExp {
  const parts = template
    .split(/[ ]?\{\{\w+\}\}/u)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'));
  return new RegExp(`^${parts.join('[^\\n]*')}$`, 'u');
}
