import { z } from 'zod';
import type { ContactField } from '#shared/contacts/fields.ts';
import { filterSchema, filterSql } from '#shared/contacts/filter.ts';
import { languageSchema } from '#shared/contracts/drill.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { type SenderAddress, senderAddressSchema } from '#shared/phone/sender-address.ts';
import { acceptedKeywordsSchema, type KeywordFacts, keywordFaults } from './accepted-keywords.ts';
import { bodyFaults } from './body-faults.ts';
import { callSettingsFaults, callWordsFaults } from './call-faults.ts';
import { callSettingsSchema, callWordsByLanguage } from './call-words.ts';
import type { CallingParts } from './calling.ts';
import { experimentSchema } from './experiment.ts';
import { hybridFaults } from './hybrid-faults.ts';
import { MOST_STEPS, stepRuleFields } from './ladder.ts';
import { piecesOf } from './links-in-text.ts';
import { mediaFault } from './media.ts';
import { asKnownFields, campaignFieldsSchema, ownFieldFaults, withOwnFields } from './own-fields.ts';
import { spreadFaults, spreadOverMinutesSchema } from './spread.ts';
import { parseTemplate, requiredFieldsOf } from './template.ts';
import { throttleFaults, throttleGroupsSchema } from './throttle-groups.ts';
import {
  channelFaults,
  isOnWhatsApp,
  type SendingBy,
  templatesByLanguage,
  whatsAppFaults,
} from './whatsapp.ts';
import { windowSchema } from './windows.ts';

/**
 * What a campaign is: to whom, what, when, how fast, and what ends it. Kept as one document with the campaign's row,
 * changed as one, and fixed once it has started, so that what is said of it later is what it did.
 */

export const campaignTypes = ['sms', 'voice', 'hybrid', 'drill'] as const;
export type CampaignType = (typeof campaignTypes)[number];

const MOST_LISTS = 50;
const MOST_VARIANTS = 10;
const MOST_ATTEMPTS = 10;
/** A week. */
const LONGEST_RETRY_DELAY_MINUTES = 10_080;

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    // RangeError: the only way in which the runtime says that it does not know a zone.
    return false;
  }
};

const listIds = z.array(z.uuid()).max(MOST_LISTS);

export const audienceSchema = z.strictObject({
  /** Lists whose members are meant; empty with a filter: all contacts that it matches. */
  include: listIds.default([]),
  /** Lists whose members are not. */
  exclude: listIds.default([]),
  filter: filterSchema.nullable().default(null),
  /** Only those who have answered this earlier campaign. */
  respondersOf: z.uuid().nullable().default(null),
});
export type Audience = z.infer<typeof audienceSchema>;

const variantSchema = z.strictObject({
  name: storableText.pipe(z.string().trim().min(1).max(100)),
  /** Its share of the audience, against the weights of the others. */
  weight: z.int().min(1).max(1_000).default(1),
  /** The text, by language. */
  bodies: z.record(languageSchema, storableText.pipe(z.string().max(4_000))).default({}),
  mediaUrls: z
    .array(z.url({ protocol: /^https$/ }))
    .max(10)
    .default([]),
  /** What is said in its calls, by language. */
  calls: callWordsByLanguage.default({}),
  /** By WhatsApp: the approved template, by language, whose words the text says. */
  templates: templatesByLanguage.default({}),
});

/** A step of a ladder, with its words; those that it has none of are the variant's. */
export const ladderStepSchema = z.strictObject({
  ...stepRuleFields,
  /** The text, by language. */
  bodies: z.record(languageSchema, storableText.pipe(z.string().max(4_000))).default({}),
  /** What is said in the call, by language. */
  calls: callWordsByLanguage.default({}),
});
export type LadderStep = z.infer<typeof ladderStepSchema>;

const poolNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'must be the name of a pool, as flu-2026');

const percent = z.number().min(0).max(100);

export const canarySchema = z
  .strictObject({
    /** How many contacts are written to first, or what part of the audience. */
    contacts: z.int().min(1).max(100_000).nullable().default(null),
    percent: percent.gt(0).nullable().default(null),
    /** For how long what becomes of them is waited for. */
    waitMinutes: z.int().min(1).max(2_880).default(15),
    /** Over what time the pace grows to what it is, if all is well; 0: at once. */
    rampMinutes: z.int().min(0).max(2_880).default(30),
    /** Shares in percent above which it pauses instead; null: those of the environment. */
    undeliveredPercent: percent.nullable().default(null),
    filteredPercent: percent.nullable().default(null),
    optOutPercent: percent.nullable().default(null),
  })
  .refine(({ contacts, percent: share }) => (contacts === null) !== (share === null), {
    path: ['contacts'],
    message: 'give either how many contacts, or what percentage of them',
  });
export type Canary = z.infer<typeof canarySchema>;

export const definitionSchema = z.strictObject({
  audience: audienceSchema,
  variants: z.array(variantSchema).max(MOST_VARIANTS).default([]),
  /** Of a drill campaign: the lesson that it starts. */
  drill: z
    .strictObject({ programme: z.string().min(1).max(100), drill: z.string().min(1).max(100) })
    .nullable()
    .default(null),
  /** Of a campaign that calls: how. */
  call: callSettingsSchema.nullable().default(null),
  /** Of whom nobody said which language they speak, or whose language has no text. */
  defaultLanguage: languageSchema.default('en'),
  /** Numbers that it is sent from; empty: the environment's own. A contact keeps to one. */
  senderNumbers: z.array(senderAddressSchema).max(500).default([]),
  /** Instead of numbers: the pool whose numbers it is sent from. A contact keeps to one, also in later campaigns. */
  senderPool: poolNameSchema.nullable().default(null),
  /** What it is about, where people may refuse topics. */
  topic: storableText.pipe(z.string().trim().min(1).max(100)).nullable().default(null),
  /** Words that people are asked to answer with, one of which a text has to be to count for it. */
  acceptedKeywords: acceptedKeywordsSchema.default([]),
  /** Values that its words name as fields, the same for everybody. */
  fields: campaignFieldsSchema.default({}),
  /** When it may be heard, where the contact is. The law's hours apply as well. */
  windows: z.array(windowSchema).max(50).default([]),
  /** Of its start and its end, as people say them. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, like America/New_York'),
  /** Most messages, or calls, in a second; null: the pace of the environment. Calls never begin faster than the account makes them. */
  messagesPerSecond: z.number().min(0.1).max(10_000).nullable().default(null),
  /** Instead of a pace: the time over which its audience is spread evenly; null: it is not. */
  spreadOverMinutes: spreadOverMinutesSchema.nullable().default(null),
  /** Limits that it shares with other campaigns, by their ids: all of them hold. */
  throttleGroups: throttleGroupsSchema.default([]),
  /** Most that it may cost, in the currency of the environment; before it would cost more, it pauses. Null: no limit. */
  budget: z.number().min(0.01).max(100_000_000).nullable().default(null),
  /** A careful start; null: at its pace from the beginning. */
  canary: canarySchema.nullable().default(null),
  /** Most messages and calls to one person, where those before did not reach them for a reason that may pass. */
  maxAttempts: z.int().min(1).max(MOST_ATTEMPTS).default(3),
  /** Least time between two of them. */
  retryDelayMinutes: z.int().min(1).max(LONGEST_RETRY_DELAY_MINUTES).default(60),
  experiment: experimentSchema.nullable().default(null),
  /** Of a campaign that both texts and calls: its steps; null: it has none. */
  ladder: z.array(ladderStepSchema).max(MOST_STEPS).nullable().default(null),
  /** Of a text campaign: what comes where the number takes no texts; null: nothing. */
  fallback: z.literal('voice').nullable().default(null),
});
export type Definition = z.infer<typeof definitionSchema>;
export type Variant = Definition['variants'][number];

/**
 * The document as it is stored: without what says nothing and the version before ladders and calls did not know, which refuses
 * keys that it does not know. A campaign of texts or lessons can be read by it, after a rollback as beside it.
 */
export function storedDefinition({
  acceptedKeywords,
  call,
  fallback,
  fields,
  ladder,
  spreadOverMinutes,
  throttleGroups,
  variants,
  ...known
}: Definition): object {
  return {
    ...known,
    variants: variants.map(({ calls, templates, ...variant }) => ({
      ...variant,
      ...(Object.keys(calls).length === 0 ? {} : { calls }),
      ...(Object.keys(templates).length === 0 ? {} : { templates }),
    })),
    ...(acceptedKeywords.length === 0 ? {} : { acceptedKeywords }),
    ...(call === null ? {} : { call }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(ladder === null ? {} : { ladder }),
    ...(fallback === null ? {} : { fallback }),
    ...(spreadOverMinutes === null ? {} : { spreadOverMinutes }),
    ...(throttleGroups.length === 0 ? {} : { throttleGroups }),
  };
}

export interface CampaignFault {
  /** JSON pointer into the campaign. */
  pointer: string;
  message: string;
}

/** What else decides whether a campaign may start. */
export interface DefinitionFacts {
  name: string;
  type: CampaignType;
  startAt: Date | null;
  endAt: Date | null;
  now: Date;
  fields: readonly ContactField[];
  /** Lists, campaigns and drills that exist, of those that it names. */
  exists: {
    list(id: string): boolean;
    campaign(id: string): boolean;
    drill(programme: string, drill: string): boolean;
    pool(name: string): boolean;
    throttleGroup(id: string): boolean;
  };
  calls: Pick<CallingParts, 'organisation' | 'scriptFault'> & {
    /** Whether a number of ours can make calls; null: the environment's own. */
    canCall(number: SenderAddress | null): boolean;
    /** Whether a pool has a number that can. */
    poolCanCall(name: string): boolean;
  };
  /** Whether links in texts are made short, so that it is known who follows them. */
  hasShortLinks: boolean;
  /** What else a text does that is this word, at the numbers of the campaign, in words; null: nothing that is known. */
  meansElse: KeywordFacts['meansElse'];
  /** The programme that owns a number of ours, from which its lessons go; null for the environment's own number. */
  programmeOwning(number: SenderAddress | null): string | null;
  /** By which channel its numbers write. */
  by: SendingBy;
}

/** Everything that keeps a campaign from starting, in the order of its document; none: it may. */
export function definitionFaults(definition: Definition, facts: DefinitionFacts): CampaignFault[] {
  return [
    ...(facts.name.trim() === '' ? [{ pointer: '/name', message: 'must not be blank' }] : []),
    ...timeFaults(facts),
    ...audienceFaults(definition.audience, facts),
    ...ownFieldFaults(definition, facts),
    ...contentFaults(withOwnFields({ name: facts.name, definition }).definition, {
      ...facts,
      fields: [...facts.fields, ...asKnownFields(definition)],
    }),
    ...strangeFaults(definition, facts),
    ...senderFaults(definition, facts),
    ...channelFaults(definition, facts),
    ...spreadFaults(definition, facts),
    ...throttleFaults(definition, facts),
    ...keywordFaults(definition, facts),
    ...(definition.windows.length === 0
      ? [{ pointer: '/windows', message: 'must have at least one window: when may people hear of it?' }]
      : []),
  ];
}

/** Of what it says, by its type. */
function contentFaults(definition: Definition, facts: DefinitionFacts): CampaignFault[] {
  switch (facts.type) {
    case 'drill':
      return drillFaults(definition, facts);
    case 'voice':
      return [...voiceFaults(definition, facts), ...callerFaults(definition, facts)];
    case 'hybrid':
      return [...hybridContentFaults(definition, facts), ...callerFaults(definition, facts)];
    case 'sms':
      if (facts.by.whatsApp || isOnWhatsApp(definition)) {
        return [
          ...commonFaults(definition),
          ...whatsAppFaults(definition, new Set(facts.fields.map(({ name }) => name))),
        ];
      }
      return definition.fallback === null
        ? variantFaults(definition, facts)
        : [
            ...variantFaults(definition, facts),
            ...fallbackFaults(definition, facts),
            ...callerFaults(definition, facts),
          ];
  }
}

/** Of both texts and calls, and of what comes after what. */
function hybridContentFaults(definition: Definition, { calls, fields }: DefinitionFacts): CampaignFault[] {
  const known = new Set(fields.map(({ name }) => name));
  const { experiment } = definition;
  return [
    ...commonFaults(definition),
    ...(experiment !== null && experiment.metric !== 'reply'
      ? [
          {
            pointer: '/experiment/metric',
            message: 'is of campaigns that only text or only call: compare ladders by who replies',
          },
        ]
      : []),
    ...mediaFaults(definition.variants),
    ...hybridFaults(definition, { ...calls, fields: known, bodyFaults: (body) => bodyFaults(body, known) }),
  ];
}

/** Of the calls of a text campaign. */
function fallbackFaults(
  { call, defaultLanguage, maxAttempts, variants }: Definition,
  { calls, fields }: DefinitionFacts,
): CampaignFault[] {
  const facts = { ...calls, fields: new Set(fields.map(({ name }) => name)) };
  return [
    ...variants.flatMap(({ calls: words }, index) =>
      callWordsFaults(words, { at: `/variants/${index}/calls`, defaultLanguage, call, facts }),
    ),
    ...callSettingsFaults(call, calls),
    ...(maxAttempts < 2
      ? [{ pointer: '/maxAttempts', message: 'must be 2 or more: the call is an attempt besides the text' }]
      : []),
  ];
}

/** Of what belongs to campaigns of another type. */
function strangeFaults({ fallback, ladder }: Definition, { type }: DefinitionFacts): CampaignFault[] {
  return [
    ...(ladder !== null && type !== 'hybrid'
      ? [{ pointer: '/ladder', message: 'is of campaigns of type hybrid' }]
      : []),
    ...(fallback !== null && type !== 'sms'
      ? [{ pointer: '/fallback', message: 'is of text campaigns: a ladder says it with its steps' }]
      : []),
  ];
}

function timeFaults({ startAt, endAt, now }: DefinitionFacts): CampaignFault[] {
  if (endAt === null) return [];
  if (endAt <= now) return [{ pointer: '/endAt', message: 'is over' }];
  return startAt !== null && endAt <= startAt
    ? [{ pointer: '/endAt', message: 'must be after the start' }]
    : [];
}

function audienceFaults(audience: Audience, { fields, exists }: DefinitionFacts): CampaignFault[] {
  const { exclude, filter, include, respondersOf } = audience;
  const faults: CampaignFault[] = [];
  for (const [part, ids] of Object.entries({ include, exclude })) {
    for (const [index, id] of ids.entries()) {
      if (!exists.list(id))
        faults.push({ pointer: `/audience/${part}/${index}`, message: 'there is no such list' });
    }
  }
  if (include.length === 0 && filter === null && respondersOf === null) {
    faults.push({ pointer: '/audience', message: 'names nobody: include a list, or give a filter' });
  }
  if (filter !== null) {
    const read = filterSql(filter, fields, 1);
    if (read.kind === 'faults') {
      for (const { path, message } of read.faults) {
        faults.push({ pointer: `/audience/filter/${path.replaceAll('.', '/')}`, message });
      }
    }
  }
  if (respondersOf !== null && !exists.campaign(respondersOf))
    faults.push({ pointer: '/audience/respondersOf', message: 'there is no such campaign' });
  return faults;
}

function senderFaults(
  { senderNumbers, senderPool }: Definition,
  { exists }: DefinitionFacts,
): CampaignFault[] {
  if (senderPool === null) return [];
  return [
    ...(exists.pool(senderPool) ? [] : [{ pointer: '/senderPool', message: 'there is no such pool' }]),
    ...(senderNumbers.length > 0
      ? [{ pointer: '/senderNumbers', message: 'must be empty where there is a pool' }]
      : []),
  ];
}

/** Of the numbers that it calls from. */
function callerFaults(
  { senderNumbers, senderPool }: Definition,
  { calls: { canCall, poolCanCall }, exists }: DefinitionFacts,
): CampaignFault[] {
  const message = 'cannot make calls: its carrier or its type has none';
  if (senderPool !== null) {
    return !exists.pool(senderPool) || poolCanCall(senderPool)
      ? []
      : [{ pointer: '/senderPool', message: 'has no number that can make calls' }];
  }
  if (senderNumbers.length === 0) {
    return canCall(null)
      ? []
      : [{ pointer: '/senderNumbers', message: `the environment's own number ${message}` }];
  }
  return senderNumbers.flatMap((number, index) =>
    canCall(number as SenderAddress) ? [] : [{ pointer: `/senderNumbers/${index}`, message }],
  );
}

/** Of what is said in calls. */
function voiceFaults(
  { call, defaultLanguage, drill, experiment, variants }: Definition,
  { calls, fields }: DefinitionFacts,
): CampaignFault[] {
  const facts = { ...calls, fields: new Set(fields.map(({ name }) => name)) };
  const texts = 'is of text campaigns: what a call says stands in calls';
  return [
    ...commonFaults({ drill, experiment, variants }),
    ...(experiment !== null && experiment.metric !== 'answer' && experiment.metric !== 'reply'
      ? [{ pointer: '/experiment/metric', message: 'is of texts: compare calls by who answers them' }]
      : []),
    ...variants.flatMap(({ bodies, calls: words, mediaUrls }, index) => {
      const pointer = `/variants/${index}`;
      return [
        ...(Object.keys(bodies).length > 0 ? [{ pointer: `${pointer}/bodies`, message: texts }] : []),
        ...(mediaUrls.length > 0 ? [{ pointer: `${pointer}/mediaUrls`, message: texts }] : []),
        ...callWordsFaults(words, { at: `${pointer}/calls`, defaultLanguage, call, facts }),
      ];
    }),
    ...callSettingsFaults(call, calls),
  ];
}

/** Of whatever says something in variants. */
function commonFaults({
  drill,
  experiment,
  variants,
}: Pick<Definition, 'drill' | 'experiment' | 'variants'>): CampaignFault[] {
  return [
    ...(drill !== null ? [{ pointer: '/drill', message: 'only a drill campaign starts drills' }] : []),
    ...(variants.length === 0
      ? [{ pointer: '/variants', message: 'must have at least one: what is said?' }]
      : []),
    ...(experiment !== null && variants.length < 2
      ? [{ pointer: '/experiment', message: 'compares variants: there must be two or more' }]
      : []),
  ];
}

function drillFaults(definition: Definition, { exists, programmeOwning }: DefinitionFacts): CampaignFault[] {
  const { call, drill, experiment, senderNumbers, senderPool, variants } = definition;
  const faults = variants.map((_, index) => ({
    pointer: `/variants/${index}`,
    message: 'a drill campaign says what its drill says',
  }));
  if (call !== null)
    faults.push({ pointer: '/call', message: 'is of campaigns that call: a drill is texts' });
  // What is answered goes to the programme that owns the number, and a pool is anybody's.
  if (senderPool !== null) {
    faults.push({
      pointer: '/senderPool',
      message: 'is of text campaigns: name the numbers of the programme',
    });
  }
  for (const what of ['budget', 'canary'] as const) {
    if (definition[what] === null) continue;
    const message = 'is of text campaigns: what a lesson sends depends on what people answer';
    faults.push({ pointer: `/${what}`, message });
  }
  if (experiment !== null)
    faults.push({ pointer: '/experiment', message: 'compares texts: a drill campaign has none of its own' });
  if (drill === null) return [...faults, { pointer: '/drill', message: 'must name the drill' }];
  if (!exists.drill(drill.programme, drill.drill)) {
    const message = `the programme ${drill.programme} has no drill ${drill.drill}`;
    return [...faults, { pointer: '/drill', message }];
  }
  // What is answered goes to the programme that owns the number: another one would not know the lesson.
  const wrong = (number: SenderAddress | null): boolean => programmeOwning(number) !== drill.programme;
  const message = `does not belong to the programme ${drill.programme}: answers would go to another one`;
  if (senderNumbers.length === 0) {
    return wrong(null)
      ? [...faults, { pointer: '/senderNumbers', message: `the number of the environment ${message}` }]
      : faults;
  }
  return [
    ...faults,
    ...senderNumbers.flatMap((number, index) =>
      wrong(number as SenderAddress) ? [{ pointer: `/senderNumbers/${index}`, message }] : [],
    ),
  ];
}

function variantFaults(definition: Definition, { fields, hasShortLinks }: DefinitionFacts): CampaignFault[] {
  const { call, defaultLanguage, experiment, fallback, variants } = definition;
  const faults = commonFaults(definition);
  if (
    experiment?.metric === 'click' &&
    !variants.every(({ bodies }) => Object.values(bodies).every(hasLink))
  ) {
    faults.push({
      pointer: '/experiment/metric',
      message: 'counts who follows a link: every text must have one',
    });
  }
  if (experiment?.metric === 'click' && !hasShortLinks) {
    faults.push({
      pointer: '/experiment/metric',
      message: 'counts who follows a link: short links must be on (SHORT_LINK_BASE), else nobody is known to',
    });
  }
  if (experiment?.metric === 'answer') {
    faults.push({
      pointer: '/experiment/metric',
      message: 'counts who answers a call: texts are not answered so',
    });
  }
  const spoken = 'is of campaigns that call: a text campaign makes no calls';
  const calls = fallback !== null;
  if (!calls && call !== null) faults.push({ pointer: '/call', message: spoken });
  const known = new Set(fields.map(({ name }) => name));
  for (const [index, { bodies, calls: words, mediaUrls }] of variants.entries()) {
    if (!calls && Object.keys(words).length > 0)
      faults.push({ pointer: `/variants/${index}/calls`, message: spoken });
    const at = `/variants/${index}/bodies`;
    const texts = Object.entries(bodies).filter(([, body]) => body !== undefined) as [string, string][];
    if (bodies[defaultLanguage] === undefined && (mediaUrls.length === 0 || texts.length > 0)) {
      faults.push({ pointer: at, message: `must have a text in ${defaultLanguage}, for everybody else` });
    }
    for (const [language, body] of texts) {
      for (const message of bodyFaults(body, known)) faults.push({ pointer: `${at}/${language}`, message });
    }
  }
  return [...faults, ...mediaFaults(variants)];
}

const mediaFaults = (variants: readonly Variant[]): CampaignFault[] =>
  variants.flatMap(({ mediaUrls }, index) =>
    mediaUrls.flatMap((address, place) => {
      const message = mediaFault(address);
      return message === null ? [] : [{ pointer: `/variants/${index}/mediaUrls/${place}`, message }];
    }),
  );

const hasLink = (body: string | undefined): boolean =>
  body === undefined || piecesOf(parseTemplate(body)).some(({ kind }) => kind === 'link');

/** Fields that a contact must have for this variant, in a language. */
export const neededFields = (body: string): string[] => requiredFieldsOf(parseTemplate(body));
