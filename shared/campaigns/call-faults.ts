import type { z } from 'zod';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { tryToCompose } from '#shared/voice/compose.ts';
import { callLanguageFor, callLanguages } from '#shared/voice/languages.ts';
import { isTollFree } from '#shared/voice/spoken-number.ts';
import type { CallSettings, CallWords, CallWordsByLanguage } from './call-words.ts';
import { templateFaults, templatesOfCall } from './call-words.ts';
import type { CallingParts } from './calling.ts';
import { parsedWords, renderCall } from './compose-call.ts';
import type { CampaignFault } from './definition.ts';

/** What keeps a campaign from calling, of what it says and how. Pure. */

export interface CallFacts extends Pick<CallingParts, 'organisation' | 'scriptFault'> {
  /** Names of the fields that contacts have besides those of every contact. */
  fields: ReadonlySet<string>;
}

/** Of what stands once with the campaign. */
export function callSettingsFaults(
  call: CallSettings | null,
  { organisation }: Pick<CallFacts, 'organisation'>,
): CampaignFault[] {
  if (call === null) return [{ pointer: '/call', message: 'must say how it calls: name a toll-free number' }];
  const { tollFreeNumber } = call;
  return [
    ...(call.organisation === null && organisation === null
      ? [
          {
            pointer: '/call/organisation',
            message: 'must name who calls: people hear it first, and the environment names nobody',
          },
        ]
      : []),
    ...(tollFreeNumber === null
      ? [
          {
            pointer: '/call/tollFreeNumber',
            message: 'must be given: it is said to machines, and at the end',
          },
        ]
      : isTollFree(tollFreeNumber)
        ? []
        : [{ pointer: '/call/tollFreeNumber', message: 'must be a toll-free number' }]),
  ];
}

/** Of what is said, in each language. `at`: JSON pointer to the words by language. */
export function callWordsFaults(
  words: CallWordsByLanguage,
  {
    at,
    call,
    defaultLanguage,
    facts,
  }: { at: string; defaultLanguage: string; call: CallSettings | null; facts: CallFacts },
): CampaignFault[] {
  const faults: CampaignFault[] = [];
  if (words[defaultLanguage] === undefined) {
    faults.push({ pointer: at, message: `must have words in ${defaultLanguage}, for everybody else` });
  }
  for (const [language, each] of Object.entries(words)) {
    if (each === undefined) continue;
    const pointer = `${at}/${language}`;
    if (callLanguageFor(language) === null) {
      const held = callLanguages.map((name) => name.slice(0, 2)).join(', ');
      faults.push({ pointer, message: `calls are held in ${held}: no voice speaks ${language}` });
    }
    const ofTemplates = templatesOfCall(each).flatMap((template) =>
      templateFaults(template.text, facts.fields).map((message) => ({
        pointer: `${pointer}${template.at}`,
        message,
      })),
    );
    faults.push(...ofTemplates);
    if ('play' in each.message && each.machine === null) {
      faults.push({
        pointer: `${pointer}/machine`,
        message: 'must be given with a recording: it is what machines are left',
      });
    } else if (ofTemplates.length === 0)
      faults.push(...scriptFaults(each, pointer, { call, facts, language }));
  }
  return faults;
}

/** As short as a value can be. */
const SHORTEST = 'x';
/** Stands in where the campaign has none: that is said elsewhere. */
const NUMBER = '+18005550100';

/** What is wrong with the script of whoever has the shortest values: it is wrong for everybody. */
function scriptFaults(
  words: CallWords,
  pointer: string,
  { call, facts, language }: { call: CallSettings | null; facts: CallFacts; language: string },
): CampaignFault[] {
  const inCalls = callLanguageFor(language);
  const rendered = renderCall(parsedWords(words), () => SHORTEST);
  if (inCalls === null || rendered.kind === 'missing') return [];
  const number = call?.tollFreeNumber ?? null;
  const { data: script, error } = tryToCompose({
    language: inCalls,
    voice: call?.voice ?? 'female',
    organisation: call?.organisation ?? facts.organisation ?? SHORTEST,
    tollFreeNumber: number !== null && isTollFree(number) ? number : phoneNumber(NUMBER),
    ...rendered.words,
  });
  if (script === undefined) {
    return error.issues.map((issue) => ({
      pointer: `${pointer}${placeOf(issue.path, words)}`,
      message: messageOf(issue, words),
    }));
  }
  const fault = facts.scriptFault(script);
  return fault === null ? [] : [{ pointer, message: `is too long before any value is put in: ${fault}` }];
}

/** Where the words stand that a part of the script is made of. */
function placeOf(path: readonly PropertyKey[], { machine }: CallWords): string {
  const [part] = path;
  if (part === 'machine') return machine === null ? '/message/say' : '/machine';
  return part === 'message' || part === 'menu' ? `/${path.map(String).join('/')}` : '';
}

const messageOf = (issue: z.core.$ZodIssue, { machine }: CallWords): string => {
  if (issue.code === 'too_big' && issue.path[0] === 'machine' && machine === null)
    return `is too long for machines, which are left ${issue.maximum} characters with the number: give them words of their own`;
  if (issue.code === 'too_big')
    return `is longer than ${issue.maximum} characters before any value is put in`;
  return issue.code === 'too_small' ? 'must not be blank' : issue.message;
};
