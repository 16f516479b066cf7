import { z } from 'zod';
import { audienceSchema } from '#shared/campaigns/definition.ts';
import { stepChannels } from '#shared/campaigns/ladder.ts';
import { MICROS, type Price } from '#shared/campaigns/prices.ts';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { periods } from '#shared/throttle/rule.ts';
import { throttleInWords } from '#shared/throttle/words.ts';
import { MAX_LIMIT } from '../../http/cursor.ts';
import { shownPhone } from '../../http/phone.ts';
import { instant } from '../../http/time.ts';
import { endingSchema } from '../metrics-schemas.ts';
import { stepQuery } from '../operation-parts.ts';
import { reasonInWords } from '../words.ts';
import type { AudienceLists } from './audience-lists.ts';
import type { Estimate } from './estimate.ts';
import type { PreviewRow } from './row.ts';
import { marginOf, type Survey } from './survey.ts';

const priceSchema = z.object({
  amount: z.string().meta({ description: 'Decimal', example: '0.0083' }),
  basis: z.enum(['given', 'listed', 'assumed']).meta({
    description:
      'given: set up for this environment (`SEGMENT_PRICES`, `MEDIA_PRICES`, `WHATSAPP_PRICES`, `CALL_MINUTE_PRICES`, `CALL_DETECTION_PRICES`); listed: what the carrier asks in public, without the fees of networks; assumed: nobody said what this carrier takes, and the dearest price that is known was taken (of listening for a machine no less than 0.0075, of a message by WhatsApp no less than 0.03)',
  }),
  seen: z.string().nullable().meta({ description: 'Of a listed price: the day on which it was read' }),
  source: z.string().nullable().meta({ description: 'Of a listed price: where' }),
});

const basisSchema = z
  .object({
    contacts: z.int().min(0).meta({ description: 'Contacts of the audience that are to be written to' }),
    looked: z.int().min(0).meta({
      description: 'Contacts that were looked at: all, or of a large audience so many chosen by chance',
    }),
    margin: z.number().meta({
      description:
        'How far a share may be off, in 19 of 20 surveys; 0: everybody was looked at. 0.01 is one contact of a hundred',
    }),
  })
  .meta({ id: 'SurveyBasis' });

const reasonsSchema = z.array(
  z.object({
    rule: z.string(),
    says: z.string().nullable().meta({ description: 'The rule in words' }),
    contacts: z.int().min(0),
  }),
);

const ladderEstimateSchema = z
  .object({
    steps: z.array(
      z.object({
        step: z.int().min(0),
        channel: z.enum(stepChannels),
        expected: z.int().min(0).meta({ description: 'Recipients who come to it, by the shares below' }),
        most: z.int().min(0).meta({ description: 'Recipients who may come to it' }),
        attempts: z.object({ least: z.int().min(0), most: z.int().min(0) }).meta({
          description: 'Of those who are expected: each once, or as often as the step is tried',
        }),
      }),
    ),
    assumed: z.array(z.object({ ending: endingSchema, share: z.number().min(0).max(1) })).meta({
      description: 'How steps are taken to end (`STEP_ENDING_SHARES`): nobody can know it before',
    }),
  })
  .meta({
    id: 'LadderEstimate',
    description:
      'How many come to each step. Segments, cost, pace and finish of the estimate are of the first step alone',
  });

export const estimateSchema = z
  .object({
    basis: basisSchema,
    recipients: z.int().min(0).meta({ description: 'Contacts who would get it' }),
    blocked: reasonsSchema.meta({ description: 'Who may never be written to' }),
    skipped: reasonsSchema.meta({ description: 'For whom there is no text' }),
    waiting: reasonsSchema.meta({
      description: 'Recipients who may be written to later than hours and windows say, and why',
    }),
    segments: z.object({
      total: z.int().min(0),
      ucs2Messages: z.int().min(0).meta({ description: 'Messages that GSM-7 cannot carry' }),
      messages: z.array(z.object({ segments: z.int().min(1), messages: z.int().min(0) })),
    }),
    calls: z
      .object({
        calls: z.int().min(0).meta({ description: 'If everybody takes the first' }),
        seconds: z.int().min(0).meta({ description: 'That they take if all of each is heard once' }),
        minutes: z
          .int()
          .min(0)
          .meta({ description: 'That are paid for: of each call every minute that has begun' }),
      })
      .meta({
        description:
          'Of a campaign that calls. Whoever is called again, and calls that nobody takes, are not in it',
      }),
    cost: z
      .object({
        currency: z.string().meta({ example: 'USD' }),
        amount: z.string().meta({ description: 'Decimal', example: '79.00' }),
        prices: z
          .array(
            z.object({
              carrier: carrierNameSchema,
              share: z.number().meta({
                description: 'Which part of the messages goes through it, by how fast its numbers send',
              }),
              segment: priceSchema.meta({
                description: 'Of a segment of a text; of a campaign that goes by WhatsApp, of a message',
              }),
              media: priceSchema.meta({ description: 'Of a message with media' }),
              minute: priceSchema.meta({ description: 'Of a call: each minute that has begun' }),
              detection: priceSchema.meta({
                description: 'Of a call that is answered, besides: listening for an answering machine',
              }),
            }),
          )
          .meta({ description: 'By which prices: each message is paid by the carrier of its number' }),
      })
      .meta({
        description:
          'Of texts by their segments, of those with media and of WhatsApp by the message, of calls by the minutes that have begun',
      }),
    pace: z.object({
      messagesPerSecond: z.number().meta({
        description:
          'Its own, or the usual one; of an audience that is spread over a time, those of it who get something over that time; of calls what the account begins in a second, or what its lines are free for, if that is less',
      }),
      segmentsPerSecond: z
        .number()
        .nullable()
        .meta({ description: 'What its numbers may send together; null: nobody said, or they call' }),
      callsAtOnce: z
        .int()
        .nullable()
        .meta({ description: 'Most calls under way at the same time; null: it sends texts' }),
      waits: z.string().nullable().meta({
        description: 'Why nothing goes from its numbers at the moment; null: something may',
      }),
      othersUnderWay: z
        .int()
        .min(0)
        .meta({ description: 'Campaigns that send from its numbers at the same time' }),
      throttleGroups: z
        .array(
          z.object({
            id: z.uuid(),
            name: z.string(),
            most: z.int(),
            per: z.enum(periods),
            says: z.string().meta({ example: 'Front desk: 40 an hour' }),
            used: z.int().min(0).meta({ description: 'Of the limit, in the period up to now' }),
            othersUnderWay: z.int().min(0).meta({ description: 'Campaigns of it with people before them' }),
          }),
        )
        .meta({
          description:
            'That it names: the finish goes by its share of each, beside the others that are under way',
        }),
    }),
    slotAt: instant.nullable().meta({
      description:
        'When it has a slot of its pool at the earliest; null: those before it are paused, or wait themselves',
    }),
    zones: z.array(
      z.object({
        zone: z.string().meta({
          description: 'Time zones in all of which it has to be allowed; `unknown`: anywhere',
          example: 'America/New_York',
        }),
        contacts: z.int().min(0),
        reached: z.int().min(0),
        unreached: z.int().min(0).meta({ description: 'Whom the end of the campaign comes before' }),
        startsAt: instant.nullable(),
        finishesAt: instant.nullable(),
        curve: z.array(z.object({ at: instant, reached: z.int().min(0) })).meta({
          description:
            'How many will have been written to by when, in order, at most 120 points: in between it grows evenly',
        }),
      }),
    ),
    reached: z.int().min(0),
    unreached: z.int().min(0),
    finishesAt: instant.nullable().meta({ description: 'It is not done before' }),
    firstStepAlone: z.boolean().meta({
      description:
        'Whether segments, calls, cost, pace and finish are of the first step of a ladder alone: the whole costs more, and ends later',
    }),
    ladder: ladderEstimateSchema.nullable().meta({ description: 'Null: the campaign has no ladder' }),
  })
  .meta({ id: 'CampaignEstimate' });

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const reasonsOf = (counts: ReadonlyMap<string, number>): z.input<typeof reasonsSchema> =>
  [...counts]
    .map(([rule, contacts]) => ({ rule, says: reasonInWords(rule), contacts }))
    .sort((a, b) => b.contacts - a.contacts || (a.rule < b.rule ? -1 : 1));

const basisOf = ({ contacts, looked }: Pick<Survey, 'contacts' | 'looked'>): z.input<typeof basisSchema> => ({
  contacts,
  looked,
  margin: marginOf({ contacts, looked }),
});

export const wireAudience = (
  { blocked, cohorts, contacts, looked, skipped }: Survey,
  lists: AudienceLists,
): z.input<typeof audienceCountSchema> => {
  const factor = looked === 0 ? 0 : contacts / looked;
  const all = (counts: ReadonlyMap<string, number>) =>
    new Map([...counts].map(([rule, found]) => [rule, Math.round(found * factor)]));
  const found = cohorts.reduce((sum, cohort) => sum + cohort.contacts, 0);
  return {
    basis: basisOf({ contacts, looked }),
    recipients: Math.round(found * factor),
    ...lists,
    blocked: reasonsOf(all(blocked)),
    skipped: reasonsOf(all(skipped)),
  };
};

export const wireEstimate = (
  made: Estimate,
  ladder: z.input<typeof ladderEstimateSchema> | null,
): z.input<typeof estimateSchema> => ({
  ladder,
  firstStepAlone: ladder !== null,
  basis: basisOf(made),
  recipients: made.recipients,
  blocked: reasonsOf(made.blocked),
  skipped: reasonsOf(made.skipped),
  waiting: reasonsOf(made.waiting),
  segments: {
    total: made.segments.total,
    ucs2Messages: made.segments.wide,
    messages: histogram(made.segments.messages),
  },
  calls: made.calls,
  cost: {
    currency: made.cost.currency,
    amount: (made.cost.micros / MICROS).toFixed(2),
    prices: made.cost.prices.map(({ detection, media, minute, segment, ...each }) => ({
      ...each,
      segment: wirePrice(segment),
      media: wirePrice(media),
      minute: wirePrice(minute),
      detection: wirePrice(detection),
    })),
  },
  pace: {
    messagesPerSecond: made.pace.perSecond,
    segmentsPerSecond: made.pace.lines === null ? made.pace.capacity : null,
    callsAtOnce: made.pace.lines,
    waits: made.pace.waits,
    othersUnderWay: made.pace.others,
    throttleGroups: made.pace.throttles.map(({ id, limit, name, rivals, used }) => ({
      ...{ id, name, used, most: limit.most, per: limit.per, says: throttleInWords({ ...limit, name }) },
      othersUnderWay: rivals.filter(({ contacts }) => contacts > 0).length,
    })),
  },
  slotAt: iso(made.slotAt),
  zones: made.forecast.zones.map(({ curve, finishesAt, startsAt, ...zone }) => ({
    ...zone,
    curve: thinned(curve).map(({ at, reached }) => ({
      at: new Date(at).toISOString(),
      reached: Math.round(reached),
    })),
    startsAt: iso(startsAt),
    finishesAt: iso(finishesAt),
  })),
  reached: made.forecast.reached,
  unreached: made.forecast.unreached,
  finishesAt: iso(made.forecast.finishesAt),
});

const MOST_POINTS = 120;

/** Points of a curve, the first and the last among them, no more than are told. */
function thinned<Point>(curve: readonly Point[]): Point[] {
  const every = Math.ceil(curve.length / (MOST_POINTS - 1));
  return curve.filter((_, index) => index % every === 0 || index === curve.length - 1);
}

const wirePrice = ({ basis, micros }: Price): z.input<typeof priceSchema> => ({
  amount: String(micros / MICROS),
  basis: basis.kind,
  seen: basis.kind === 'listed' ? basis.seen : null,
  source: basis.kind === 'listed' ? basis.source : null,
});

const histogram = (messages: ReadonlyMap<number, number>) =>
  [...messages].sort(([a], [b]) => a - b).map(([segments, found]) => ({ segments, messages: found }));

export const audienceQuerySchema = z
  .strictObject({
    audience: audienceSchema,
    intent: z.enum(['transactional', 'marketing']).optional().meta({
      description: 'As if it were this; left out: its own',
    }),
  })
  .meta({
    id: 'CampaignAudienceQuery',
    example: { audience: { include: ['0190a6f0-7a1b-7c3d-8e4f-5a6b7c8d9e0f'] } },
  });

export const audienceCountSchema = z
  .object({
    basis: basisSchema,
    recipients: z.int().min(0).meta({ description: 'Contacts who would get it, as its text is now' }),
    duplicates: z.int().min(0).meta({
      description: 'Times that somebody stands on one more of the lists: each gets it once',
    }),
    excluded: z.int().min(0).meta({ description: 'Who would be in it, but for the lists that are excluded' }),
    landlines: z.int().min(0).meta({ description: 'Who is known to have a number that takes no texts' }),
    blocked: reasonsSchema.meta({
      description: 'Who may never be written to: opted out, without consent, and other rules of the gate',
    }),
    skipped: reasonsSchema.meta({ description: 'For whom there is no text' }),
  })
  .meta({ id: 'CampaignAudienceCount' });

const rowSchema = z
  .object({
    contactId: z.uuid(),
    phoneNumber: shownPhone,
    variant: z.int().min(0),
    language: z.string().nullable(),
    body: z.string().nullable().meta({
      description:
        'Word for word, but that short links lead nowhere yet: they have their length. Null: the contact gets nothing',
    }),
    rule: z.string().nullable().meta({ description: 'Why not' }),
    says: z.string().nullable(),
    missing: z.array(z.string()).meta({ description: 'Fields that the text needs and the contact lacks' }),
    call: z
      .object({
        heard: z.array(z.string()).meta({
          description:
            'What is said to whoever answers and presses nothing, in its order; a recording stands as its address',
        }),
        keys: z
          .array(z.object({ key: z.string(), says: z.string() }))
          .meta({ description: 'What is said after a key of the menu; 9 opts out, 0 repeats' }),
        machine: z.array(z.string()).meta({ description: 'What an answering machine is left' }),
        seconds: z.int().min(1).meta({ description: 'That it takes to hear all of it once' }),
        characters: z
          .int()
          .min(1)
          .meta({ description: 'Of the document that the carrier gets, which takes 4,000' }),
      })
      .nullable()
      .meta({ description: 'Null: it is a text, or the contact gets nothing' }),
    encoding: z.enum(['GSM-7', 'UCS-2']).nullable(),
    segments: z.int().min(0),
    units: z.int().min(0).meta({ description: 'Septets of GSM-7, or 16-bit units of UCS-2' }),
    changedBy: z.array(z.string()).meta({
      description: 'Characters of their values by which the text is UCS-2, where it would be GSM-7 without',
    }),
  })
  .meta({ id: 'PreviewRow' });

export const shown = ['all', 'encoding', 'missing'] as const;

export const previewQuerySchema = z.strictObject({
  show: z.enum(shown).default('all').meta({
    description:
      '`encoding`: those whose values make the text UCS-2; `missing`: those who get nothing. A page looks through a bounded part of the audience: it may hold less than its limit, also nothing, while `nextCursor` says that there is more',
  }),
  step: stepQuery.meta({ description: 'Of a ladder, the place of the step, from 0; left out: the first' }),
  limit: z.int().min(1).max(MAX_LIMIT).default(50),
  cursor: z.string().max(500).optional(),
});

export const previewSchema = z
  .object({ items: z.array(rowSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'CampaignPreview' });

export const previewSummarySchema = z
  .object({
    basis: basisSchema,
    segments: z.array(z.object({ segments: z.int().min(1), messages: z.int().min(0) })),
    ucs2Messages: z.int().min(0),
    longest: z.array(rowSchema).meta({ description: 'Of those that were looked at' }),
    typical: z.object({ shortest: rowSchema, median: rowSchema, longest: rowSchema }).nullable().meta({
      description:
        'What is shortest, in the middle and longest, by segments or by how long a call takes; null: nobody gets anything',
    }),
    encodingChanged: z.object({ contacts: z.int().min(0), examples: z.array(rowSchema) }),
    missing: z.array(z.object({ field: z.string(), contacts: z.int().min(0) })),
  })
  .meta({ id: 'CampaignPreviewSummary' });

export const wireRow = ({ call, skipped, ...row }: PreviewRow): z.input<typeof rowSchema> => ({
  ...row,
  call:
    call === null
      ? null
      : { ...call, heard: [...call.heard], keys: [...call.keys], machine: [...call.machine] },
  missing: [...row.missing],
  changedBy: [...row.changedBy],
  rule: skipped,
  says: reasonInWords(skipped),
});

/** Counts are of the survey, made those of the audience. */
export function wireSummary({
  contacts,
  looked,
  texts,
  typical,
}: Survey): z.input<typeof previewSummarySchema> {
  const factor = looked === 0 ? 0 : contacts / looked;
  const all = (found: number): number => Math.round(found * factor);
  return {
    basis: basisOf({ contacts, looked }),
    segments: histogram(texts.segments).map(({ messages, segments }) => ({
      segments,
      messages: all(messages),
    })),
    ucs2Messages: all(texts.wide),
    longest: texts.longest.map(wireRow),
    typical:
      typical === null
        ? null
        : {
            shortest: wireRow(typical.shortest),
            median: wireRow(typical.median),
            longest: wireRow(typical.longest),
          },
    encodingChanged: {
      contacts: all(texts.changed.contacts),
      examples: texts.changed.examples.map(wireRow),
    },
    missing: [...texts.missing]
      .map(([field, found]) => ({ field, contacts: all(found) }))
      .sort((a, b) => b.contacts - a.contacts || (a.field < b.field ? -1 : 1)),
  };
}
