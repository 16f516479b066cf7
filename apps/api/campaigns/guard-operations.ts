import { z } from 'zod';
import { stages } from '#shared/campaigns/careful-start.ts';
import { readGuard } from '#shared/campaigns/guard.ts';
import { isEnded } from '#shared/campaigns/lifecycle.ts';
import { MICROS, type Prices } from '#shared/campaigns/prices.ts';
import { readSpend, writeBudget } from '#shared/campaigns/spend.ts';
import { type Campaign, lockCampaign, readCampaign } from '#shared/campaigns/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { uuid } from '../http/words.ts';

const tag = 'Campaigns';
const params = z.strictObject({ id: uuid });
const amount = z.number().min(0.01).max(100_000_000);

const guardSchema = z
  .object({
    currency: z.string().meta({ example: 'USD' }),
    cost: z.number().meta({
      description:
        'What carriers took of it, at the prices of the environment when they did; bills are theirs',
    }),
    budget: z.number().nullable().meta({ description: 'Most that it may cost; null: no limit' }),
    segments: z.int().meta({ description: 'Of its texts' }),
    mediaMessages: z.int().meta({ description: 'Messages with media, which cost by the message' }),
    start: z.enum(stages).nullable().meta({
      description:
        'How far its careful start has come: the first slice, the wait for what becomes of it, the growing pace, open; null: it has not begun',
    }),
    pausedBy: z
      .enum(['undelivered', 'filtered', 'opted_out', 'canary', 'budget'])
      .nullable()
      .meta({ description: 'What it was paused by, when that was not a person; its `reason` says more' }),
  })
  .meta({ id: 'CampaignGuard' });

const noSuchCampaign = (): Problem => new Problem('not_found', 'There is no such campaign.');

async function guardOf(
  db: Queryable,
  { campaignId, definition, status }: Campaign,
  { currency }: Prices,
): Promise<z.input<typeof guardSchema>> {
  const [guard, spend] = [await readGuard(db, campaignId), await readSpend(db, campaignId)];
  return {
    currency,
    cost: spend.micros / MICROS,
    budget: spend.budgetMicros === null ? definition.budget : spend.budgetMicros / MICROS,
    segments: spend.segments,
    mediaMessages: spend.mediaMessages,
    start: guard?.stage ?? null,
    pausedBy: status === 'paused' ? (guard?.trippedBy ?? null) : null,
  };
}

/** What watches over a campaign while it runs: its budget, its careful start, its breaker. */
export const campaignGuardOperations = ({ prices }: { prices: Prices }): readonly Operation[] => [
  read({
    id: 'getCampaignGuard',
    path: '/v1/campaigns/{id}/guard',
    tag,
    summary: 'Says what a campaign has cost, how far its careful start has come, and what paused it',
    access: 'viewer',
    params,
    replies: { 200: { description: 'What watches over it', body: guardSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await readCampaign(db, id);
      if (campaign === null) throw noSuchCampaign();
      return reply(200, await guardOf(db, campaign, prices));
    },
  }),
  change({
    id: 'setCampaignBudget',
    method: 'put',
    path: '/v1/campaigns/{id}/budget',
    tag,
    summary: 'Changes what a campaign may cost, also while it runs',
    description:
      'In the currency of the environment. One that was paused by its budget goes on when it is resumed. What it has cost stays.',
    access: 'operator',
    params,
    body: z.strictObject({ budget: amount }).meta({ id: 'CampaignBudget', example: { budget: 250 } }),
    replies: { 200: { description: 'What watches over it now', body: guardSchema } },
    problems: ['not_found', 'unreadable', 'conflict'],
    handle: async ({ body, params: { id } }, { tx, audit }) => {
      const campaign = await lockCampaign(tx, id);
      if (campaign === null) throw noSuchCampaign();
      if (isEnded(campaign.status)) {
        throw new Problem('conflict', `The campaign is ${campaign.status}: it costs nothing more.`);
      }
      if (campaign.type === 'drill') {
        throw new Problem(
          'conflict',
          'A drill campaign has no budget: what it sends depends on what people answer.',
        );
      }
      const { budget: before } = await guardOf(tx, campaign, prices);
      await writeBudget(tx, id, Math.round(body.budget * MICROS));
      audit({
        subject: 'campaign',
        subjectId: id,
        action: 'budget changed',
        before: { budget: before },
        after: { budget: body.budget },
      });
      return reply(200, await guardOf(tx, campaign, prices));
    },
  }),
];
