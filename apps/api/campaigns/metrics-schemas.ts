import { z } from 'zod';
import { deliveryOutcomes } from '#shared/campaigns/deliveries.ts';
import { experimentSchema } from '#shared/campaigns/experiment.ts';
import { endings } from '#shared/campaigns/ladder.ts';
import { callOutcomes } from '#shared/voice/call-outcomes.ts';
import { instant } from '../http/time.ts';
import { contactStateSchema } from './contact-schemas.ts';

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
