import { z } from 'zod';
import { type ContactState, contactStates } from '#shared/campaigns/counts.ts';
import { campaignTypes, definitionSchema } from '#shared/campaigns/definition.ts';
import { commands, commandsFor, statuses } from '#shared/campaigns/lifecycle.ts';
import { type Campaign, type ListedCampaign, waits } from '#shared/campaigns/store.ts';
import { instant } from '../http/time.ts';
import { name } from '../http/words.ts';
import type { Progress } from './course/store.ts';

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
