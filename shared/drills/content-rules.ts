import { classifyConsentText } from '#shared/compliance/vocabulary.ts';
import type { Drill, LocalizedText, Prompt } from '#shared/contracts/drill.ts';
import type { Finding, ProgrammeFile } from './content-file.ts';
import { languagesOf, localizedParts } from './languages.ts';
import { type AnswerKey, matchAnswer } from './matching.ts';
import { ownTextNames, programmeWordsSchema } from './programme.ts';
import { answerKey } from './prompt.ts';
import { isReserved } from './reserved.ts';
import { builtInPlaceholders, malformedPlaceholders, placeholdersOf } from './template.ts';
import { isLetter, tokensOf } from './tokens.ts';
import { asWord } from './words.ts';

/** What content must keep to beyond its shape. Pure; finds everything at once. */

/** The longest text that a carrier takes, in characters. */
const LONGEST_BODY = 1600;

/** Fields of an account that codes and imports may fill in. */
const ACCOUNT_FIELDS = ['employerId', 'employerName', 'unitId', 'unitName'];

/** Fields of the profile that no answer may overwrite. */
const PROTECTED_FIELDS: ReadonlySet<string> = new Set([
  'validated',
  'optedOut',
  'isDemo',
  'accountInfo',
  'answers',
]);

/** What the checks of one file need to know of the others. */
export interface Surroundings {
  placeholders: ReadonlySet<string>;
  /** Words that a text is compared with before an answer is. */
  words: readonly string[];
  drillSlugs: ReadonlySet<string>;
}

export function surroundingsOf(
  drills: readonly Drill[],
  programmes: readonly ProgrammeFile[],
  contactFields: readonly string[],
): Surroundings {
  const stored = drills.flatMap(({ prompts }) => prompts.flatMap(({ storeAs }) => storeAs ?? []));
  const labels = programmes.flatMap((programme) => Object.keys(programme.labels));
  const account = programmes.flatMap(({ codes }) =>
    codes.flatMap(({ accountInfo }) => Object.keys(accountInfo)),
  );
  const words = [programmeWordsSchema.parse({}), ...programmes.map((programme) => programme.words)];
  return {
    placeholders: new Set([
      ...builtInPlaceholders,
      ...ACCOUNT_FIELDS,
      ...stored,
      ...labels,
      ...account,
      ...contactFields,
    ]),
    words: words.flatMap((lists) => Object.values(lists).flat()),
    drillSlugs: new Set(drills.map((drill) => drill.slug)),
  };
}

export function drillFaults(drill: Drill, around: Surroundings): Finding[] {
  const slugs = drill.prompts.map((prompt) => prompt.slug);
  return drill.prompts.flatMap((prompt, index) => {
    const at = ['prompts', index];
    const repeated = slugs.indexOf(prompt.slug) < index;
    return [
      ...(repeated
        ? [{ path: [...at, 'slug'], message: `"${prompt.slug}" is the slug of another prompt` }]
        : []),
      ...(prompt.storeAs !== undefined && PROTECTED_FIELDS.has(prompt.storeAs)
        ? [{ path: [...at, 'storeAs'], message: `"${prompt.storeAs}" cannot be stored into` }]
        : []),
      ...localizedParts(prompt).flatMap(({ path, values }) =>
        Object.hasOwn(values, drill.defaultLanguage)
          ? []
          : [
              {
                path: [...at, ...path],
                message: `has no "${drill.defaultLanguage}", the drill's default language`,
              },
            ],
      ),
      ...prompt.messages.flatMap(({ text }, n) =>
        text ? textFaults(text, [...at, 'messages', n, 'text'], around.placeholders) : [],
      ),
      ...answerFaults(prompt, at, drill.defaultLanguage, around),
    ];
  });
}

/** Texts that lack a language which the drill has elsewhere: people get them in its default language. */
export function missingTranslations(drill: Drill): Finding[] {
  const parts = drill.prompts.flatMap((prompt, index) =>
    localizedParts(prompt).map(({ path, values }) => ({ path: ['prompts', index, ...path], values })),
  );
  return parts.flatMap(({ path, values }) =>
    languagesOf(drill)
      .filter((language) => !Object.hasOwn(values, language))
      .map((language) => ({
        path,
        message: `has no "${language}"; "${drill.defaultLanguage}" is sent instead`,
      })),
  );
}

export function textFaults(
  text: LocalizedText,
  path: Finding['path'],
  known: ReadonlySet<string>,
): Finding[] {
  return Object.entries(text).flatMap(([language, body]) => {
    const at = [...path, language];
    const unknown = placeholdersOf(body).filter((name) => !known.has(name));
    return [
      ...unknown.map((name) => ({ path: at, message: `{{${name}}} is not a placeholder that is known` })),
      ...malformedPlaceholders(body).map((found) => ({ path: at, message: `${found} is not a placeholder` })),
      ...(body.length > LONGEST_BODY
        ? [{ path: at, message: `has ${body.length} characters; a message may have ${LONGEST_BODY}` }]
        : []),
    ];
  });
}

function answerFaults(
  prompt: Prompt,
  at: Finding['path'],
  fallback: string,
  around: Surroundings,
): Finding[] {
  const said = (['correctResponse', 'accepts', 'options'] as const).flatMap((field) =>
    Object.entries(prompt[field] ?? {}).flatMap(([language, texts]) =>
      [texts].flat().map((text) => ({ text, path: [...at, field, language] })),
    ),
  );
  const unreachable = said.flatMap(({ text, path }) => {
    if (tokensOf(text).length === 0)
      return [{ path, message: `"${text}" has no letter or digit to compare` }];
    return isReserved(text, around.words)
      ? [{ path, message: `"${text}" is a reserved word: it would never be taken for an answer` }]
      : [];
  });
  const misgraded = Object.keys(prompt.options ?? {}).flatMap((language) => {
    const key = answerKey(prompt, language, fallback);
    const path = [...at, 'options', language];
    return key ? optionFaults(key).map((message) => ({ path, message })) : [];
  });
  return [...unreachable, ...misgraded];
}

/** What matching would make of the options themselves: the right one is taken, the others are not, by letter and by words. */
function optionFaults(key: AnswerKey): string[] {
  const right = new Set([key.correct, ...(key.accepts ?? [])].map((text) => tokensOf(text).join(' ')));
  const options = key.options ?? [];
  const taken = options.filter((option) => right.has(tokensOf(option).join(' ')));
  if (!options.some((option) => matchAnswer(option, key)))
    return [`"${key.correct}" is not among the options`];
  return options
    .filter((option) => taken.length > 0 && !taken.includes(option))
    .flatMap((option) => {
      const letter = tokensOf(option)[0] ?? '';
      const said = [option, ...(isLetter(letter) ? [letter] : [])].find((text) => matchAnswer(text, key));
      return said === undefined
        ? []
        : [`"${said}" would be taken for right, and "${option}" is not listed as such`];
    });
}

export function programmeFaults(programme: ProgrammeFile, around: Surroundings): Finding[] {
  const { drills, codes, requests, words, texts, labels } = programme;
  const codeWords = codes.map(({ code }) => asWord(code));
  return [
    ...drills.flatMap((slug, index) => [
      ...(around.drillSlugs.has(slug)
        ? []
        : [{ path: ['drills', index], message: `there is no drill "${slug}"` }]),
      ...(drills.indexOf(slug) < index
        ? [{ path: ['drills', index], message: `"${slug}" is listed twice` }]
        : []),
    ]),
    ...Object.entries(requests).flatMap(([kind, slug]) =>
      slug === undefined || around.drillSlugs.has(slug)
        ? []
        : [{ path: ['requests', kind], message: `there is no drill "${slug}"` }],
    ),
    ...codes.flatMap(({ code }, index) => [
      ...(codeWords.indexOf(asWord(code)) < index
        ? [{ path: ['codes', index, 'code'], message: `"${code}" is listed twice` }]
        : []),
      ...(isReserved(code, around.words)
        ? [
            {
              path: ['codes', index, 'code'],
              message: `"${code}" is a reserved word: it would never reach registration`,
            },
          ]
        : []),
    ]),
    ...(programme.registration === 'code' && codes.length === 0
      ? [{ path: ['codes'], message: 'is empty, and one registers by code' }]
      : []),
    ...Object.entries(words).flatMap(([kind, list]) =>
      list
        .filter((word) => classifyConsentText(word, { optedOut: false }) !== null)
        .map((word) => ({ path: ['words', kind], message: `"${word}" is a word about consent` })),
    ),
    ...ownTextNames.flatMap((name) => {
      const text = texts[name];
      return text ? textFaults(text, ['texts', name], around.placeholders) : [];
    }),
    ...Object.entries({ texts, labels }).flatMap(([field, named]) =>
      Object.entries(named)
        .filter(([, text]) => text !== undefined && !Object.hasOwn(text, programme.defaultLanguage))
        .map(([name]) => ({
          path: [field, name],
          message: `has no "${programme.defaultLanguage}", the programme's default language`,
        })),
    ),
    ...Object.entries(labels).flatMap(([name, text]) =>
      Object.values(text).some((body) => placeholdersOf(body).length > 0)
        ? [{ path: ['labels', name], message: 'holds a placeholder; a label is put in as it is' }]
        : [],
    ),
  ];
}
