import { z } from 'zod';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { metricsOf } from './metrics.ts';
import { known, params, tag } from './operation-parts.ts';
import { campaignContactSchema, contactStateSchema, metricsSchema } from './schemas.ts';
import { listContacts, readCounts } from './store.ts';
import { reasonInWords } from './words.ts';

/** What became of a campaign for each of its contacts, and what that adds up to. */
export const campaignContactOperations: readonly Operation[] = [
  read({
    id: 'getCampaignMetrics',
    path: '/v1/campaigns/{id}/metrics',
    tag,
    summary: 'Counts the contacts of a campaign by where they stand, and why',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Counts, which are what the contacts add up to', body: metricsSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      return reply(200, metricsOf(campaign.definition, await readCounts(db, id)));
    },
  }),
  read({
    id: 'listCampaignContacts',
    path: '/v1/campaigns/{id}/contacts',
    tag,
    summary: 'Lists the contacts of a campaign, and what became of it for each',
    access: 'viewer',
    params,
    query: z.strictObject({
      ...pageQuery,
      state: contactStateSchema.optional(),
      replied: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'Only those who have answered, or only the others' }),
    }),
    replies: {
      200: { description: 'A page of contacts', body: pageOf(campaignContactSchema, 'CampaignContactPage') },
    },
    problems: ['not_found'],
    handle: async ({ params: { id }, query }, db) => {
      await known(db, id);
      const rows = await listContacts(db, {
        campaignId: id,
        state: query.state ?? null,
        replied: query.replied === undefined ? null : query.replied === 'true',
        after: decodeCursor(z.object({ contactId: z.uuid() }), query.cursor)?.contactId ?? null,
        limit: query.limit + 1,
      });
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => ({
            contactId: row.contact_id,
            phoneNumber: row.phone_number,
            variant: row.variant,
            state: row.state,
            rule: row.rule,
            says: reasonInWords(row.rule),
            dueAt: row.due_at?.toISOString() ?? null,
            messageId: row.message_id,
            attempts: row.attempts,
            repliedAt: row.replied_at?.toISOString() ?? null,
          }),
          positionOf: (row) => ({ contactId: row.contact_id }),
        }),
      );
    },
  }),
];
