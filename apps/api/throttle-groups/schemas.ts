import { z } from 'zod';
import { statuses } from '#shared/campaigns/lifecycle.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { periods } from '#shared/throttle/rule.ts';
import { throttleInWords } from '#shared/throttle/words.ts';
import { instant } from '../http/time.ts';
import type { GroupInUse } from './store.ts';

const name = storableText.trim().min(1).max(100);
const most = z.int().min(1).max(1_000_000).meta({
  description: 'Most texts and calls of all its campaigns together that are planned in a period',
});
const per = z.enum(periods).meta({
  description: 'How long the period lasts; wherever it begins, the limit holds. A day has 24 hours',
});
const evenly = z.boolean().meta({
  description:
    'Whether they come one after another at even distances, in a day also at night; else as many at once as there is room for',
});

export const newGroupSchema = z
  .strictObject({
    name,
    most,
    per,
    evenly: evenly.optional().meta({
      description:
        'Whether they come one after another at even distances; else as many at once as there is room for. Left out: they do of a minute and an hour, and not of a day, of which nights are a part',
    }),
  })
  .meta({ id: 'NewThrottleGroup', example: { name: 'Front desk', most: 40, per: 'hour' } });

export const groupChangeSchema = z
  .strictObject({
    name: name.optional(),
    most: most.optional(),
    per: per.optional(),
    evenly: evenly.optional(),
  })
  .meta({
    id: 'ThrottleGroupChange',
    description: 'What is left out stays as it is. It holds within seconds, also for campaigns under way',
    example: { most: 25 },
  });

export const groupSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    most: z.int(),
    per: z.enum(periods),
    evenly: z.boolean(),
    says: z.string().meta({ description: 'In words', example: 'Front desk: 40 an hour' }),
    used: z.int().min(0).meta({ description: 'Of the limit, in the period up to now' }),
    campaigns: z
      .array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          status: z.enum(statuses),
          used: z.int().min(0).meta({ description: 'Of the limit, in the period up to now' }),
          waits: z.boolean().meta({
            description: 'Whether people could be written to now, or called, but for this limit',
          }),
          contacts: z.int().min(0).meta({ description: 'That it still has before it' }),
        }),
      )
      .meta({ description: 'Campaigns that have not ended and name it, drafts apart' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ThrottleGroup' });

export const wireGroup = ({ version: _, ...group }: GroupInUse): z.input<typeof groupSchema> => ({
  ...group,
  says: throttleInWords(group),
  campaigns: group.campaigns.map(({ contacts, id, name: called, status, used, waits }) => ({
    ...{ id, name: called, status, used, waits, contacts },
  })),
  createdAt: group.createdAt.toISOString(),
  updatedAt: group.updatedAt.toISOString(),
});
