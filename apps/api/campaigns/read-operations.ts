import { z } from 'zod';
import type { CampaignFault } from '#shared/campaigns/definition.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { faultsOfCampaign, numbersElsewhere } from './faults.ts';
import { mediaFaults } from './media/check.ts';
import { type CampaignParts, known, params, pointerOf, tag } from './operation-parts.ts';
import { campaignSchema, checkSchema, wireCampaign } from './schemas.ts';
import { listCampaigns } from './store.ts';

const position = z.object({ createdAt: z.iso.datetime({ precision: 6 }), id: z.uuid() });

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
      type: campaignSchema.shape.type.optional(),
      archived: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Those that were put away instead' }),
    }),
    replies: { 200: { description: 'A page of campaigns', body: pageOf(campaignSchema, 'CampaignPage') } },
    handle: async ({ query }, db) => {
      const rows = await listCampaigns(db, {
        status: query.status ?? null,
        type: query.type ?? null,
        archived: query.archived === 'true',
        after: decodeCursor(position, query.cursor),
        limit: query.limit + 1,
      });
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => wireCampaign(row),
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
    problems: ['not_found'],
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
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      const at = { carriers, defaultSender, now: clock.now() };
      const faults = await faultsOfCampaign(db, campaign, { ...at, calls, drills, links });
      const numbers = await numbersElsewhere(db, campaign.definition, at);
      const warnings = [
        ...(numbers?.isAll === false ? [numbers.fault] : []),
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
