import { z } from 'zod';
import { decodeCursor, page, pageQuery } from '../../http/cursor.ts';
import { type Operation, read, reply } from '../../http/operation.ts';
import { shownPhone } from '../../http/phone.ts';
import { instant } from '../../http/time.ts';
import { known, params, tag } from '../operation-parts.ts';
import { type ClickerRow, countClickers, listClickers } from './store.ts';

const clickerSchema = z
  .object({
    contactId: z.uuid(),
    phoneNumber: shownPhone,
    variant: z.int().min(0),
    clickedAt: instant.meta({ description: 'For the first time' }),
    url: z.string().nullable().meta({ description: 'Where that link leads; null: the person was erased' }),
  })
  .meta({ id: 'CampaignClicker' });

const clicksSchema = z
  .object({
    contacts: z.int().min(0).meta({ description: 'Contacts who followed a link, each once; people only' }),
    variants: z.array(z.object({ variant: z.int().min(0), contacts: z.int().min(0) })),
    items: z.array(clickerSchema),
    nextCursor: z.string().nullable().meta({ description: 'Of the next page; null: this is the last' }),
  })
  .meta({ id: 'CampaignClicks' });

/** Who followed the links of a campaign. */
export const clickOperations: readonly Operation[] = [
  read({
    id: 'listCampaignClicks',
    path: '/v1/campaigns/{id}/clicks',
    tag,
    summary: 'Counts the contacts who followed a link of a campaign, and lists them',
    description:
      'In the order of their ids. Previews, scanners and other machines are led on and not counted, nor are clicks on tests.',
    access: 'viewer',
    params,
    query: z.strictObject({
      ...pageQuery,
      variant: z.coerce.number().int().min(0).max(100).optional().meta({ description: 'Position, from 0' }),
    }),
    replies: { 200: { description: 'Counts, and a page of contacts', body: clicksSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id }, query: { cursor, limit, variant } }, db) => {
      await known(db, id);
      const variants = await countClickers(db, id);
      const rows = await listClickers(db, {
        campaignId: id,
        variant: variant ?? null,
        after: decodeCursor(z.object({ contactId: z.uuid() }), cursor)?.contactId ?? null,
        limit: limit + 1,
      });
      return reply(200, {
        contacts: variants.reduce((sum, { contacts }) => sum + contacts, 0),
        variants,
        ...page(rows, limit, {
          item: ({ clickedAt, ...row }: ClickerRow) => ({ ...row, clickedAt: clickedAt.toISOString() }),
          positionOf: ({ contactId }) => ({ contactId }),
        }),
      });
    },
  }),
];
