import { z } from 'zod';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import { templateFaults } from './call-words.ts';
import type { CampaignFault, CampaignType, Definition, Variant } from './definition.ts';
import { placesOf, withPlaces } from './places.ts';
import { parseTemplate, type Rendered, renderTemplate } from './template.ts';

/**
 * Campaigns that go by WhatsApp. There a business begins a conversation with a template that was approved beforehand: the carrier
 * knows it by an id, and gets what stands in its numbered places. The text of a variant is its words as they were approved,
 * "Hello {{1}}", so that what goes out can be shown and kept; what stands in the places are templates over fields of contacts.
 */

/** Characters of a template that is filled: Meta takes no more (63021). https://www.twilio.com/docs/api/errors/63021 */
export const LONGEST_TEMPLATE = 1_024;
/** Of one place. */
const LONGEST_VARIABLE = LONGEST_TEMPLATE;

export const whatsAppTemplateSchema = z
  .strictObject({
    /** Of the approved template: HX and 32 hexadecimal digits. */
    contentSid: storableText.pipe(z.string().trim().max(100)),
    /** What stands in its places, by their numbers. */
    variables: z
      .record(
        z.string().regex(/^[1-9]\d?$/, 'must be the number of a place, as 1'),
        storableText.pipe(z.string().max(LONGEST_VARIABLE)),
      )
      .default({}),
  })
  .meta({
    id: 'WhatsAppTemplate',
    example: { contentSid: 'HX0123456789abcdef0123456789abcdef', variables: { 1: '{{first_name|there}}' } },
  });
export type WhatsAppTemplate = z.infer<typeof whatsAppTemplateSchema>;

export const templatesByLanguage = z.record(languageSchema, whatsAppTemplateSchema);

const CONTENT_SID = /^HX[0-9a-fA-F]{32}$/;

/** Whether a campaign goes by WhatsApp: it names templates. */
export const isOnWhatsApp = ({ variants }: { variants: readonly Pick<Variant, 'templates'>[] }): boolean =>
  variants.some(({ templates }) => Object.keys(templates).length > 0);

/** Of some senders, those that a campaign may go from: of the channel that it is written for. */
export const ofItsChannel = <Sender extends { senderNumber: string }>(
  definition: Pick<Definition, 'variants'>,
  senders: readonly Sender[],
): Sender[] => {
  const onWhatsApp = isOnWhatsApp(definition);
  return senders.filter(({ senderNumber }) => isWhatsApp(senderNumber) === onWhatsApp);
};

/** What a template says to somebody, and what stands in its places then. */
export type Filled =
  | { kind: 'filled'; body: string; variables: Readonly<Record<string, string>> }
  | { kind: 'missing'; fields: readonly string[] }
  /** Nothing would stand in a place, which WhatsApp does not take. */
  | { kind: 'blank'; place: string };

/**
 * A template, taken apart once. Values are put in character by character and not looked through for places; white space in
 * them becomes single spaces, since WhatsApp takes no line breaks there. What is shown of it is made of the same values.
 */
export function filler(
  words: string,
  { variables }: WhatsAppTemplate,
): (valueOfField: (field: string) => string | null) => Filled {
  const templates = Object.entries(variables).map(([place, text]) => ({
    place,
    template: parseTemplate(text),
  }));
  return (valueOfField) => {
    const rendered = templates.map(({ place, template }): { place: string; value: Rendered } => ({
      place,
      value: renderTemplate(template, valueOfField),
    }));
    const missing = rendered.flatMap(({ value }) => (value.kind === 'missing' ? value.fields : []));
    if (missing.length > 0) return { kind: 'missing', fields: [...new Set(missing)] };
    const values = new Map(
      rendered.map(({ place, value }) => [
        place,
        value.kind === 'text' ? value.text.replace(/\s+/g, ' ').trim() : '',
      ]),
    );
    const blank = [...values].find(([, value]) => value === '');
    if (blank !== undefined) return { kind: 'blank', place: blank[0] };
    return {
      kind: 'filled',
      body: withPlaces(words, (place) => values.get(place) ?? ''),
      variables: Object.fromEntries(values),
    };
  };
}

/** By which channel the numbers of a campaign write. */
export interface SendingBy {
  texts: boolean;
  whatsApp: boolean;
}

export const sendingBy = (senders: readonly { senderNumber: string }[]): SendingBy => ({
  texts: senders.some(({ senderNumber }) => !isWhatsApp(senderNumber)),
  whatsApp: senders.some(({ senderNumber }) => isWhatsApp(senderNumber)),
});

const whereSenders = ({ senderPool }: Pick<Definition, 'senderPool'>): string =>
  senderPool === null ? '/senderNumbers' : '/senderPool';

/** What is wrong with the channel of a campaign, of whichever type: its numbers and its words must be of the same. */
export function channelFaults(
  definition: Definition,
  { by, type }: { by: SendingBy; type: CampaignType },
): CampaignFault[] {
  const named = isOnWhatsApp(definition);
  if (by.texts && by.whatsApp) {
    return [
      {
        pointer: whereSenders(definition),
        message:
          'has numbers for texts and numbers on WhatsApp: whoever is reached by one may not be by the other',
      },
    ];
  }
  if (by.whatsApp && type !== 'sms') {
    return [
      {
        pointer: whereSenders(definition),
        message: `is on WhatsApp, where campaigns of type ${type} do not go: only sms does`,
      },
    ];
  }
  if (by.texts && named) {
    return [
      {
        pointer: whereSenders(definition),
        message: 'sends texts, and the campaign has templates of WhatsApp: choose numbers there',
      },
    ];
  }
  if (named && type !== 'sms')
    return [
      { pointer: '/variants', message: 'has templates of WhatsApp, by which only campaigns of type sms go' },
    ];
  return [];
}

/** What is wrong with what a campaign says by WhatsApp, everything at once. */
export function whatsAppFaults(definition: Definition, fields: ReadonlySet<string>): CampaignFault[] {
  const { call, defaultLanguage, experiment, fallback, variants } = definition;
  const only = 'is of campaigns by text: one that goes by WhatsApp sends approved templates alone';
  return [
    ...(call !== null ? [{ pointer: '/call', message: only }] : []),
    ...(fallback !== null ? [{ pointer: '/fallback', message: only }] : []),
    ...(experiment !== null && experiment.metric !== 'reply'
      ? [
          {
            pointer: '/experiment/metric',
            message:
              'must be reply: links of approved templates are not made short, and nobody answers a call',
          },
        ]
      : []),
    ...variants.flatMap((variant, index): CampaignFault[] => {
      const at = `/variants/${index}`;
      return [
        ...(Object.keys(variant.calls).length > 0 ? [{ pointer: `${at}/calls`, message: only }] : []),
        ...(variant.mediaUrls.length > 0
          ? [{ pointer: `${at}/mediaUrls`, message: `${only}, which have their own files` }]
          : []),
        ...languageFaults(variant, at, defaultLanguage),
        ...templatesFaults(variant, at, fields),
      ];
    }),
  ];
}

function languageFaults(
  { bodies, templates }: Variant,
  at: string,
  defaultLanguage: string,
): CampaignFault[] {
  const without = Object.keys(bodies).filter((language) => templates[language] === undefined);
  const wordless = Object.keys(templates).filter((language) => bodies[language] === undefined);
  const isMissing = bodies[defaultLanguage] === undefined && templates[defaultLanguage] === undefined;
  return [
    ...(isMissing
      ? [
          {
            pointer: `${at}/templates`,
            message: `must have a template in ${defaultLanguage}, for everybody else`,
          },
        ]
      : []),
    ...without.map((language) => ({
      pointer: `${at}/templates/${language}`,
      message: `must be an approved template: outside of a conversation nothing else goes by WhatsApp`,
    })),
    ...wordless.map((language) => ({
      pointer: `${at}/bodies/${language}`,
      message: 'must say the words of the template as they were approved: they are what is shown and kept',
    })),
  ];
}

const templatesFaults = (
  { bodies, templates }: Variant,
  at: string,
  fields: ReadonlySet<string>,
): CampaignFault[] =>
  Object.entries(templates).flatMap(([language, template]) =>
    templateFaultsOf(bodies[language], template, fields).map(({ message, pointer }) => ({
      message,
      pointer: pointer
        .replace('BODY', `${at}/bodies/${language}`)
        .replace('TEMPLATE', `${at}/templates/${language}`),
    })),
  );

/** What is wrong with one template and its words. Pointers begin with BODY or TEMPLATE. */
export function templateFaultsOf(
  words: string | undefined,
  { contentSid, variables }: WhatsAppTemplate,
  fields: ReadonlySet<string>,
): CampaignFault[] {
  const places = words === undefined ? Object.keys(variables) : placesOf(words);
  const { malformed, parts } = parseTemplate(withPlaces(words ?? '', () => ''));
  const named = parts.flatMap((part) => (part.kind === 'field' ? [part.name] : []));
  return [
    ...(CONTENT_SID.test(contentSid)
      ? []
      : [
          {
            pointer: 'TEMPLATE/contentSid',
            message: 'must be HX and 32 hexadecimal digits, as Twilio shows it',
          },
        ]),
    ...(words !== undefined && words.trim() === ''
      ? [{ pointer: 'BODY', message: 'must not be blank' }]
      : []),
    ...malformed.map((part) => ({ pointer: 'BODY', message: `${part} is not a placeholder` })),
    ...named.map((name) => ({
      pointer: 'BODY',
      message: `{{${name}}} is none of the numbered places of an approved template: say what stands there in variables`,
    })),
    ...(withPlaces(words ?? '', () => '').length > LONGEST_TEMPLATE
      ? [
          {
            pointer: 'BODY',
            message: `is longer than ${LONGEST_TEMPLATE} characters before any value is put in, which WhatsApp does not take`,
          },
        ]
      : []),
    ...places
      .filter((place) => variables[place] === undefined)
      .map((place) => ({
        pointer: `TEMPLATE/variables/${place}`,
        message: `must say what stands in {{${place}}}`,
      })),
    ...Object.entries(variables).flatMap(([place, text]) => {
      const pointer = `TEMPLATE/variables/${place}`;
      return [
        ...(places.includes(place)
          ? []
          : [{ pointer, message: `has no place in the words: {{${place}}} is not there` }]),
        ...templateFaults(text, fields).map((message) => ({ pointer, message })),
      ];
    }),
  ];
}
