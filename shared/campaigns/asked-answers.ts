import { isConsentWord, keywordKey } from './accepted-keywords.ts';
import type { CampaignFault, CampaignType, Definition } from './definition.ts';

/**
 * Which words a text asks to be answered with: what stands in capitals, as a single letter or digit, or in quotes, right behind a
 * word that asks for an answer, one after another: "Reply YES or NO", "Responda SÍ, NO o TAL VEZ". Nothing else is understood:
 * it is no reading of what somebody writes, and finds most of what is usual.
 */

const ASKS =
  '(?:reply|respond|text(?:\\s+back)?|answer|responda|responde|conteste|contesta|env[ií]e|env[ií]a|mande|manda)';
const WITH = '(?:\\s+(?:with|back|con))?';
const ONE =
  '(?:["“”«‘\']([^"“”»’\'\\n]{1,40})["“”»’\']|(\\p{Lu}[\\p{Lu}\\p{N}]*(?:\\s+\\p{Lu}[\\p{Lu}\\p{N}]+)*|\\p{N}{1,3})(?![\\p{Ll}\\p{N}]))';
const BETWEEN = '(?:\\s*[,/]\\s*(?:(?:or|and|o|u|y)\\s+)?|\\s+(?:or|and|o|u|y)\\s+)';

const REQUEST = new RegExp(
  `(?<![\\p{L}])${caseless(ASKS)}${caseless(WITH)}:?\\s+(${ONE}(?:${BETWEEN}${ONE})*)`,
  'gu',
);
const WORD = new RegExp(ONE, 'gu');

/** A pattern of plain letters that holds in either case, beside others in which the case matters. */
function caseless(pattern: string): string {
  return pattern.replace(/(\\.)|([a-z])|(\[[^\]]*\])/g, (whole, escaped, letter) =>
    letter === undefined || escaped !== undefined ? whole : `[${letter}${letter.toUpperCase()}]`,
  );
}

/** As they stand there, each once, in order. Pure. */
export const askedAnswers = (body: string): string[] => [
  ...new Set(
    [...body.matchAll(REQUEST)].flatMap(([, words = '']) =>
      [...words.matchAll(WORD)].map(([, quoted, capitals]) => (quoted ?? capitals ?? '').trim()),
    ),
  ),
];

/** Words about consent that mean something else to whoever is asked for them, in the languages that texts are written in. */
const EVERYDAY = new Set(
  [
    'cancel',
    'end',
    'remove',
    'quit',
    'info',
    'start',
    'cancelar',
    'terminar',
    'fin',
    'eliminar',
    'quitar',
    'información',
  ].map(keywordKey),
);

/** What is odd about what the texts of a campaign ask for: nothing of it keeps it from starting. Pure. */
export function askedWarnings(
  { acceptedKeywords, ladder, variants }: Pick<Definition, 'acceptedKeywords' | 'ladder' | 'variants'>,
  type: CampaignType,
): CampaignFault[] {
  if (type === 'drill') return [];
  const accepted = new Set(acceptedKeywords.map(keywordKey));
  const written = [
    ...variants.map(({ bodies }, index) => ({ bodies, at: `/variants/${index}/bodies` })),
    ...(ladder ?? []).map(({ bodies }, index) => ({ bodies, at: `/ladder/${index}/bodies` })),
  ];
  return written.flatMap(({ at, bodies }) =>
    Object.entries(bodies).flatMap(([language, body]) =>
      askedAnswers(body).flatMap((word) => {
        const message = oddity(word, accepted);
        return message === null ? [] : [{ pointer: `${at}/${language}`, message }];
      }),
    ),
  );
}

function oddity(word: string, accepted: ReadonlySet<string>): string | null {
  if (isConsentWord(word)) {
    return EVERYDAY.has(keywordKey(word))
      ? `asks for ${word} as an answer, which is a word about consent: what whoever texts it wants is taken for that`
      : null;
  }
  return accepted.has(keywordKey(word))
    ? null
    : `asks for ${word} as an answer, which is none of its accepted keywords: nothing counts it`;
}
