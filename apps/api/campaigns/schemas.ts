import { z } from 'zod';
import { type ContactState, contactStates } from '#shared/campaigns/counts.ts';
import { campaignTypes, definitionSchema } from '#shared/campaigns/definition.ts';
import { deliveryOutcomes } from '#shared/campaigns/deliveries.ts';
import { experimentSchema } from '#shared/campaigns/experiment.ts';
import { endings } from '#shared/campaigns/ladder.ts';
import { commands, commandsFor, statuses } from '#shared/campaigns/lifecycle.ts';
import { type Campaign, type ListedCampaign, waits } from '#shared/campaigns/store.ts';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { instant } from '../http/time.ts';
import { name } from '../http/words.ts';
import type { Progress } from './course/store.ts';
import type { CampaignContactRow } from './store.ts';
import { reasonInWords } from './words.ts';

export const statusSchema = z.enum(statuses).meta({ id: 'CampaignStatus' });
const typeSchema = z.enum(campaignTypes);
const intentSchema = z.enum(['transactional', 'marketing']);

const definition = definitionSchema.meta({
  id: 'CampaignDefinition',
  description: 'To whom, what, when and how fast. Fixed once the campaign has started.',
  example: {
    audience: { include: ['0190a6f0-7a1b-7c3d-8e4f-5a6b7c8d9e0f'] },
    variants: [{ name: 'A', bodies: { en: 'Hi {{first_name|there}}, flu shots are free this week.' } }],
    windows: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
    timeZone: 'America/New_York',
  },
});

export const newCampaignSchema = z.strictObject({
  name,
  type: typeSchema,
  intent: intentSchema.meta({
    description:
      'Marketing needs consent in writing, and counts for caps of how often somebody is written to',
  }),
  definition,
  endAt: instant.nullable().default(null).meta({ description: 'Nothing goes after it' }),
});

export const campaignChangeSchema = z.strictObject({
  name: name.optional(),
  intent: intentSchema.optional(),
  definition: definition.optional(),
  endAt: instant.nullable().optional(),
});

export const campaignSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    type: typeSchema,
    intent: intentSchema,
    definition,
    status: statusSchema,
    reason: z.string().nullable().meta({ description: 'Why it failed, was paused by itself, or waits' }),
    waitsFor: z.enum(waits).nullable().meta({
      description:
        'What keeps it from going on, for programs; `resume`: somebody paused it while it waited. Null: nothing, or somebody paused it while it was under way',
    }),
    commands: z.array(z.enum(commands)).meta({ description: 'What it may be told now' }),
    startAt: instant.nullable(),
    endAt: instant.nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    archivedAt: instant.nullable(),
    createdBy: z.string(),
    editedBy: z.array(z.string()).meta({ description: 'Who changed the draft: none of them may approve it' }),
    createdAt: instant,
    updatedAt: instant,
    approvedBy: z.string().nullable(),
    approvedAt: instant.nullable(),
    approvedContacts: z.int().nullable().meta({
      description: 'How many people its audience was when it was approved: a larger one is asked for again',
    }),
  })
  .meta({ id: 'Campaign' });

/** A campaign in the list, with how far it has come. */
export const campaignRowSchema = campaignSchema
  .extend({
    definition: definition.nullable().meta({ description: 'Null: this version cannot read it' }),
    unreadable: z.string().nullable().meta({
      description:
        'What this version cannot read of it, for people: a newer one wrote it. It has no commands then, and whoever asks for more of it is answered `unreadable`. Null: all is read',
      example: 'This version cannot read the campaign (/definition/rhythm): a newer one wrote it.',
    }),
    progress: z
      .object({
        contacts: z
          .int()
          .min(0)
          .meta({ description: 'Of its audience, as it was put together when it started' }),
        reached: z.int().min(0).meta({ description: 'Sent, delivered or answered: the carrier took it' }),
        waiting: z
          .int()
          .min(0)
          .meta({ description: 'Still to be written to, those who are held among them' }),
        held: z.int().min(0),
        missed: z.int().min(0).meta({ description: 'Failed or undelivered' }),
        leftOut: z.int().min(0).meta({ description: 'Blocked, skipped or cancelled' }),
        replied: z.int().min(0),
        perMinute: z
          .int()
          .min(0)
          .meta({ description: 'Messages and calls that carriers took in the last minute' }),
      })
      .meta({ description: 'How far it has come' }),
  })
  .meta({ id: 'CampaignRow' });

/** Answer to a command, in the form that older systems know. */
export const toldSchema = z
  .object({
    campaignId: z.uuid(),
    campaignType: typeSchema,
    success: z.literal(true),
    message: z.string().meta({ example: 'The campaign is paused.' }),
    status: statusSchema,
  })
  .meta({ id: 'CampaignCommandResult' });

const checkedSchema = z.object({
  pointer: z.string().meta({ description: 'JSON pointer into the campaign', example: '/definition/windows' }),
  detail: z.string(),
});

export const checkSchema = z
  .object({
    mayStart: z.boolean(),
    faults: z.array(checkedSchema),
    warnings: z.array(checkedSchema).meta({
      description:
        'Does not keep it from starting: numbers at carriers that are not set up, where others are left; calls for whoever takes no texts, where texts go through carriers that never say so; words that texts ask to be answered with and that are no accepted keywords, or words about consent; files that carriers would not take, as their servers say now',
    }),
  })
  .meta({ id: 'CampaignCheck' });

export const outcomeSchema = z.enum(deliveryOutcomes).meta({
  id: 'DeliveryOutcome',
  description:
    'What the carrier says of a message: underway (nothing final yet), unconfirmed (nothing more is expected), delivered, read (of channels that tell), undelivered, failed, or refused when it was handed over',
});

export const callOutcomeSchema = z.enum(callOutcomes).meta({
  id: 'CallOutcome',
  description:
    'How a call ended: answered, by a machine, which was left the message, by somebody who pressed the key that opts out, or not: busy, no_answer, failed, or canceled',
});

export const contactStateSchema = z.enum(contactStates).meta({ id: 'CampaignContactState' });

const counted = z.object({
  state: contactStateSchema,
  contacts: z.int().min(0),
  reasons: z.array(
    z.object({
      rule: z.string(),
      says: z.string().nullable().meta({ description: 'The rule in words, where it is one of ours' }),
      contacts: z.int().min(0),
    }),
  ),
});

const replied = z.int().min(0).meta({ description: 'Contacts who have answered' });
const keywordCounts = z.array(z.object({ keyword: z.string(), contacts: z.int().min(0) })).meta({
  description:
    'Contacts by the accepted keyword that they answered with last, in the order in which the campaign names them: of somebody who changes their mind the newest counts',
});
const clicked = z
  .int()
  .min(0)
  .meta({ description: 'Contacts who have followed a link: people, not machines' });

const cost = z.number().min(0).meta({
  description:
    'What carriers took of it, at the prices of the environment when they did, in its currency; bills are theirs',
});

const deliveries = {
  deliveries: z
    .array(
      z.object({
        outcome: outcomeSchema,
        messages: z.int().min(0),
        codes: z.array(
          z.object({
            code: z.string().meta({ description: "In the carrier's words" }),
            says: z
              .string()
              .nullable()
              .meta({ description: 'In plain words, where our tables know the code' }),
            messages: z.int().min(0),
          }),
        ),
      }),
    )
    .meta({
      description:
        'Messages by what the carrier says of them, as the message log has it: of somebody who was written to twice, both',
    }),
  segments: z.int().min(0).meta({ description: 'That the carrier took, and charges for' }),
  calls: z
    .array(z.object({ outcome: callOutcomeSchema, calls: z.int().min(0) }))
    .meta({ description: 'Calls that are over, by how they ended: of somebody who was called twice, both' }),
  callSeconds: z.int().min(0).meta({ description: 'That they took, from the answer to the end' }),
  optedOut: z
    .int()
    .min(0)
    .meta({ description: 'Contacts who asked to be left alone, and whom this campaign had texted last' }),
};

export const endingSchema = z.enum(endings).meta({ id: 'StepEnding' });

const interval = z.object({ low: z.number(), high: z.number() });

const experimentResultSchema = z
  .object({
    metric: experimentSchema.shape.metric,
    isComplete: z.boolean().meta({ description: 'Whether every variant has its sample' }),
    leader: z.int().min(0).nullable().meta({
      description:
        'The variant that is surely better than every other by what is known now. Whoever looks often sees one sooner or later: the campaign itself decides once',
    }),
    sampledAt: instant
      .nullable()
      .meta({ description: 'When the sample had gone, where the rest waits for it' }),
    decidedAt: instant.nullable(),
    winner: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'What the rest of the audience gets; null: what was drawn' }),
    variants: z.array(
      z.object({
        variant: z.int().min(0),
        tried: z.int().min(0).meta({ description: 'Contacts whom the carrier was asked to write to' }),
        successes: z.int().min(0),
        share: z.number().min(0).max(1),
        interval: interval.meta({ description: "Wilson's score interval of the share" }),
        lead: interval.meta({
          description: 'Of the difference to the other variant against which it stands worst',
        }),
      }),
    ),
  })
  .meta({ id: 'CampaignExperiment' });

const stepsSchema = z
  .array(
    z.object({
      step: z.int().min(1).meta({ description: 'Its place in the ladder, from 0' }),
      via: endingSchema.meta({ description: 'The ending of the step before that led there' }),
      contacts: z.int().min(0),
    }),
  )
  .meta({ description: 'Of a ladder: who has come to which step after the first, and why' });

export const metricsSchema = z
  .object({
    total: z.int().min(0),
    replied,
    keywords: keywordCounts,
    clicked,
    states: z.array(counted),
    steps: stepsSchema,
    ...deliveries,
    cost,
    experiment: experimentResultSchema.nullable().meta({ description: 'Null: it has none' }),
    variants: z.array(
      z.object({
        variant: z.int().min(0),
        name: z.string(),
        total: z.int().min(0),
        replied,
        keywords: keywordCounts,
        clicked,
        states: z.array(counted),
        steps: stepsSchema,
        ...deliveries,
        cost: cost.meta({
          description:
            'The same of those who got the variant: what the variants have cost adds up to what the campaign has',
        }),
      }),
    ),
  })
  .meta({ id: 'CampaignMetrics' });

export const campaignContactSchema = z
  .object({
    contactId: z.uuid(),
    phoneNumber: z.string(),
    variant: z.int().min(0),
    state: contactStateSchema,
    rule: z.string().nullable(),
    says: z.string().nullable().meta({
      description: 'The rule in words; of whoever is pending, which throttle groups keep them',
    }),
    dueAt: instant.nullable().meta({ description: 'When it is looked at next' }),
    messageId: z.uuid().nullable(),
    attempts: z.int().min(0).meta({ description: 'Messages that were at the carrier' }),
    repliedAt: instant.nullable(),
    keyword: z
      .string()
      .nullable()
      .meta({ description: 'The accepted keyword that they answered with last, in lower case; null: none' }),
    step: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Of a ladder: the place of the step that they have come to, from 0' }),
  })
  .meta({ id: 'CampaignContact' });

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export const wireCampaign = (campaign: Campaign): z.input<typeof campaignSchema> => ({
  ...wireStanding(campaign),
  definition: campaign.definition,
});

const wireStanding = (
  campaign: Omit<Campaign, 'definition'>,
): Omit<z.input<typeof campaignSchema>, 'definition'> => ({
  id: campaign.campaignId,
  name: campaign.name,
  type: campaign.type,
  intent: campaign.intent,
  status: campaign.status,
  reason: campaign.reason,
  waitsFor: campaign.waitsFor,
  commands: commandsFor(campaign),
  startAt: iso(campaign.startAt),
  endAt: iso(campaign.endAt),
  startedAt: iso(campaign.startedAt),
  endedAt: iso(campaign.endedAt),
  archivedAt: iso(campaign.archivedAt),
  createdBy: campaign.createdBy,
  editedBy: [...campaign.editedBy],
  createdAt: campaign.createdAt.toISOString(),
  updatedAt: campaign.updatedAt.toISOString(),
  approvedBy: campaign.approvedBy,
  approvedAt: iso(campaign.approvedAt),
  approvedContacts: campaign.approvedContacts,
});

/** How far contacts in each state have come. */
const partOf: Readonly<Record<ContactState, 'reached' | 'waiting' | 'missed' | 'leftOut'>> = {
  pending: 'waiting',
  held: 'waiting',
  queued: 'waiting',
  sent: 'reached',
  delivered: 'reached',
  answered: 'reached',
  failed: 'missed',
  undelivered: 'missed',
  blocked: 'leftOut',
  skipped: 'leftOut',
  cancelled: 'leftOut',
};

const noProgress: Progress = { states: new Map(), replied: 0 };

export function wireRow(
  campaign: ListedCampaign,
  { replied, states }: Progress = noProgress,
  perMinute = 0,
): z.input<typeof campaignRowSchema> {
  const parts = { reached: 0, waiting: 0, missed: 0, leftOut: 0 };
  for (const state of contactStates) parts[partOf[state]] += states.get(state) ?? 0;
  const { leftOut, missed, reached, waiting } = parts;
  const standing = wireStanding(campaign);
  return {
    ...standing,
    definition: campaign.definition,
    unreadable: campaign.unreadable?.message ?? null,
    // Every command needs to know what it is.
    commands: campaign.unreadable === null ? standing.commands : [],
    progress: {
      contacts: reached + waiting + missed + leftOut,
      ...{ reached, waiting, missed, leftOut, replied, perMinute },
      held: states.get('held') ?? 0,
    },
  };
}

/** `waits`: why whoever is to be written to now waits, for people; null: their turn comes. */
export const wireContact = (
  row: CampaignContactRow,
  { type }: Pick<Campaign, 'type'>,
  waits: string | null,
): z.input<typeof campaignContactSchema> => ({
  contactId: row.contact_id,
  phoneNumber: row.phone_number,
  variant: row.variant,
  state: row.state,
  rule: row.rule,
  says: reasonInWords(row.rule) ?? (row.state === 'pending' && row.rule === null ? waits : null),
  dueAt: iso(row.due_at),
  // A lesson has a command in its place.
  messageId: type === 'drill' ? null : row.message_id,
  attempts: row.attempts,
  repliedAt: iso(row.replied_at),
  keyword: row.keyword,
  step: row.step,
});
