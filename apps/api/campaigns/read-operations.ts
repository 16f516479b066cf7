import { z } from 'zod';
import type { CampaignFault } from '#shared/campaigns/definition.ts';
import { type CampaignStatus, endedStatuses, isUnderWay } from '#shared/campaigns/lifecycle.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { readProgress, readRates } from './course/store.ts';
import { campaignWarnings, faultsOfCampaign } from './faults.ts';
import { mediaFaults } from './media/check.ts';
import { type CampaignParts, known, params, pointerOf, tag } from './operation-parts.ts';
import { campaignRowSchema, campaignSchema, checkSchema, wireCampaign, wireRow } from './schemas.ts';
import { listCampaigns } from './store.ts';

const position = z.object({ createdAt: z.iso.datetime({ precision: 6 }), id: z.uuid() });

/** Statuses that belong together, as people look for campaigns. */
const ofStage = {
  draft: ['draft'],
  scheduled: ['scheduled'],
  running: ['loading', 'active'],
  paused: ['paused'],
  ended: endedStatuses,
} as const satisfies Record<string, readonly CampaignStatus[]>;
const stages = [
  'draft',
  'scheduled',
  'running',
  'paused',
  'ended',
] as const satisfies (keyof typeof ofStage)[];

/** Null: any. Both that are asked for must hold. */
function statusesOf({
  stage,
  status,
}: {
  stage?: (typeof stages)[number] | undefined;
  status?: CampaignStatus | undefined;
}): readonly CampaignStatus[] | null {
  if (stage === undefined) return status === undefined ? null : [status];
  const statuses: readonly CampaignStatus[] = ofStage[stage];
  return status === undefined ? statuses : statuses.filter((each) => each === status);
}

/** Campaigns as they stand. */
export const campaignReads = ({
  askHead,
  calls,
  carriers,
  clock,
  defaultSender,
  drills,
  links,
}: CampaignParts): readonly Operation[] => [
  read({
    id: 'listCampaigns',
    path: '/v1/campaigns',
    tag,
    summary: 'Lists campaigns, newest first',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      status: campaignSchema.shape.status.optional(),
      stage: z
        .enum(stages)
        .optional()
        .meta({ description: 'Several statuses that belong together: `running` is loading or active' }),
      type: campaignSchema.shape.type.optional(),
      q: storableText
        .pipe(z.string().trim().min(1).max(200))
        .optional()
        .meta({ description: 'Part of the name, in any case' }),
      archived: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Those that were put away instead' }),
    }),
    replies: { 200: { description: 'A page of campaigns', body: pageOf(campaignRowSchema, 'CampaignPage') } },
    handle: async ({ query }, db) => {
      const rows = await listCampaigns(db, {
        statuses: statusesOf(query),
        called: query.q ?? null,
        type: query.type ?? null,
        archived: query.archived === 'true',
        after: decodeCursor(position, query.cursor),
        limit: query.limit + 1,
      });
      const progress = await readProgress(
        db,
        rows.map(({ campaignId }) => campaignId),
      );
      const underWay = rows.filter(({ status }) => isUnderWay(status));
      const rates = await readRates(
        db,
        underWay.map(({ campaignId }) => campaignId),
        clock.now(),
      );
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => wireRow(row, progress.get(row.campaignId), rates.get(row.campaignId)),
          positionOf: (row) => ({ createdAt: row.position, id: row.campaignId }),
        }),
      );
    },
  }),
  read({
    id: 'getCampaign',
    path: '/v1/campaigns/{id}',
    tag,
    summary: 'Gets a campaign',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The campaign', body: campaignSchema, versioned: true } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      return reply(200, wireCampaign(campaign), { version: campaign.version });
    },
  }),
  read({
    id: 'checkCampaign',
    path: '/v1/campaigns/{id}/check',
    tag,
    summary: 'Says what keeps a campaign from starting, all at once',
    access: 'viewer',
    params,
    replies: { 200: { description: 'What is wrong with it', body: checkSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      const at = { carriers, defaultSender, now: clock.now() };
      const faults = await faultsOfCampaign(db, campaign, { ...at, calls, drills, links });
      const warnings = [
        ...(await campaignWarnings(db, campaign, { ...at, drills })),
        ...(askHead === null ? [] : await mediaFaults(campaign.definition, askHead)),
      ];
      const wire = ({ message, pointer }: CampaignFault) => ({
        pointer: pointerOf(pointer),
        detail: message,
      });
      return reply(200, {
        mayStart: faults.length === 0,
        faults: faults.map(wire),
        warnings: warnings.map(wire),
      });
    },
  }),
];
