import { z } from 'zod';
import { LEAST_RING_SECONDS } from '#shared/carriers/voice.ts';
import { isOwnField } from '#shared/contacts/fields.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { MOST_RING_SECONDS, menuKeys } from '#shared/voice/call-script.ts';
import { callVoices } from '#shared/voice/languages.ts';
import { fieldsOf, parseTemplate } from './template.ts';

/**
 * What a campaign says in its calls. The words stand with each variant, by language, as its texts do; how it calls stands
 * once with the campaign. All words are templates of the campaign's kind (template.ts). Who calls, the way out and the
 * numbers are said around them in our own words (shared/voice/texts).
 */

const words = (most: number) => storableText.pipe(z.string().max(most));

export const callWordsSchema = z
  .strictObject({
    /** Said to whoever answers: words, or a recording at an address that the carrier can reach. */
    message: z.union([
      z.strictObject({ say: words(4_000) }),
      z.strictObject({ play: z.url({ protocol: /^https$/ }).max(500) }),
    ]),
    /** Keys that people may press, besides 9 and 0, which every call has. */
    menu: z
      .array(
        z.strictObject({
          key: z.enum(menuKeys),
          /** "To hear the opening hours, press 1." */
          prompt: words(400),
          /** What is said once it is pressed. */
          say: words(1_200),
        }),
      )
      .max(menuKeys.length)
      .default([]),
    /** Left on an answering machine in the place of the message; null: the same words. A recording needs them. */
    machine: words(2_400).nullable().default(null),
  })
  .meta({
    id: 'CallWords',
    description:
      'What is said in a call. Who calls, the way out (9), how to hear it again (0) and the number are said around it',
    example: {
      message: { say: 'Hello {{first_name|there}}, flu shots are free this week.' },
      menu: [{ key: '1', prompt: 'For the address, press 1.', say: 'We are at 12 Main Street.' }],
    },
  });
export type CallWords = z.infer<typeof callWordsSchema>;

/** By language. */
export const callWordsByLanguage = z.record(languageSchema, callWordsSchema);
export type CallWordsByLanguage = z.infer<typeof callWordsByLanguage>;

export const callSettingsSchema = z
  .strictObject({
    /** Who is responsible for the call, as it is registered: what people hear first. Null: the organisation of the environment. */
    organisation: storableText.pipe(z.string().trim().min(1).max(100)).nullable().default(null),
    /** Said at the end and to machines; reaches the organisation, and the same way out. Null: not yet chosen. */
    tollFreeNumber: phoneNumberSchema.nullable().default(null),
    voice: z.enum(callVoices).default('female'),
    /** How long it rings; null: as long as the environment lets it. */
    ringSeconds: z.int().min(LEAST_RING_SECONDS).max(MOST_RING_SECONDS).nullable().default(null),
    /** Most calls under way at once; null: as many as all campaigns together. */
    concurrentCalls: z.int().min(1).max(10_000).nullable().default(null),
  })
  .meta({
    id: 'CallSettings',
    description: 'How a campaign calls',
    example: { organisation: 'Riverside County Health', tollFreeNumber: '+18005550142', concurrentCalls: 20 },
  });
export type CallSettings = z.infer<typeof callSettingsSchema>;

/** Every template of some words, with where it stands in them. */
export const templatesOfCall = ({ machine, menu, message }: CallWords): { at: string; text: string }[] => [
  ...('say' in message ? [{ at: '/message/say', text: message.say }] : []),
  ...menu.flatMap(({ prompt, say }, index) => [
    { at: `/menu/${index}/prompt`, text: prompt },
    { at: `/menu/${index}/say`, text: say },
  ]),
  ...(machine === null ? [] : [{ at: '/machine', text: machine }]),
];

/** What is wrong with a template, wherever it is said or sent. */
export function templateFaults(text: string, fields: ReadonlySet<string>): string[] {
  const template = parseTemplate(text);
  return [
    ...(text.trim() === '' ? ['must not be blank'] : []),
    ...template.malformed.map((part) => `${part} is not a placeholder`),
    ...fieldsOf(template)
      .filter((name) => !isOwnField(name) && !fields.has(name))
      .map((name) => `{{${name}}} is no field of contacts`),
  ];
}
