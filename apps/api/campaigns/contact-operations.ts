import { z } from 'zod';
import { keywordKey } from '#shared/campaigns/accepted-keywords.ts';
import { readSampleCounts } from '#shared/campaigns/choice.ts';
import { MOST_STEPS } from '#shared/campaigns/ladder.ts';
import { readSpend, readVariantSpend } from '#shared/campaigns/spend.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import type { Clock } from '#shared/clock.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { throttleReason } from '#shared/throttle/who-waits.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { textStream } from '../http/text-stream.ts';
import { uuid } from '../http/words.ts';
import { campaignContactSchema, contactStateSchema, wireContact } from './contact-schemas.ts';
import { exportCampaignContacts } from './export.ts';
import { metricsOf } from './metrics.ts';
import { callOutcomeSchema, endingSchema, metricsSchema, outcomeSchema } from './metrics-schemas.ts';
import { type CampaignParts, known, params, tag } from './operation-parts.ts';
import { listContacts, readDeliveryCounts, type Wanted } from './store.ts';

const word = storableText.min(1).max(100);

/** Every count of the metrics opens its contacts. */
const selection = {
  state: contactStateSchema.optional(),
  states: z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(contactStateSchema))
    .optional()
    .meta({ description: 'Any of several states, with commas between them', example: 'sent,delivered' }),
  contactId: uuid.optional().meta({ description: 'Only this one' }),
  rule: word.optional().meta({ description: 'A reason, as the metrics name it' }),
  variant: z.coerce.number().int().min(0).max(100).optional().meta({ description: 'Position, from 0' }),
  outcome: outcomeSchema.optional(),
  call: callOutcomeSchema.optional().meta({ description: 'How one of their calls ended' }),
  code: word.optional().meta({ description: "A carrier's code of one of their messages" }),
  replied: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Only those who have answered, or only the others' }),
  keyword: word.optional().meta({
    description: 'An accepted keyword of the campaign: whose newest answer of that kind is it',
    example: 'YES',
  }),
  clicked: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Only those who followed one of its links, or only the others' }),
  step: z.coerce.number().int().min(1).max(MOST_STEPS).optional().meta({
    description: 'Those who came to this step of a ladder, by its place from 0: to the first everybody did',
  }),
  via: endingSchema
    .optional()
    .meta({ description: 'Those who came to a step by this ending of the one before' }),
  optedOut: z.enum(['true']).optional().meta({ description: 'Those who asked to be left alone' }),
};

const wantedOf = (
  { campaignId }: Pick<Campaign, 'campaignId'>,
  {
    call,
    clicked,
    code,
    contactId,
    keyword,
    optedOut,
    outcome,
    replied,
    rule,
    state,
    step,
    states,
    variant,
    via,
  }: z.output<z.ZodObject<typeof selection>>,
): Wanted => ({
  campaignId,
  state: state ?? null,
  states: states ?? null,
  contactId: contactId ?? null,
  rule: rule ?? null,
  variant: variant ?? null,
  outcome: outcome ?? null,
  call: call ?? null,
  code: code ?? null,
  replied: replied === undefined ? null : replied === 'true',
  keyword: keyword === undefined ? null : keywordKey(keyword),
  clicked: clicked === undefined ? null : clicked === 'true',
  optedOut: optedOut === 'true',
  step: step ?? null,
  via: via ?? null,
});

/** Of whoever is pending, for people; null: they wait for nothing but their turn. */
const whyTheyWait = async (
  db: Queryable,
  { campaignId, definition }: Campaign,
  clock: Clock,
): Promise<string | null> =>
  definition.throttleGroups.length === 0 ? null : throttleReason(db, campaignId, clock.now());

/** What became of a campaign for each of its contacts, and what that adds up to. */
export const campaignContactOperations = ({ clock }: Pick<CampaignParts, 'clock'>): readonly Operation[] => [
  read({
    id: 'getCampaignMetrics',
    path: '/v1/campaigns/{id}/metrics',
    tag,
    summary:
      'Counts the contacts of a campaign by where they stand, and why, and its messages by what the carrier says',
    access: 'viewer',
    params,
    replies: { 200: { description: 'Counts, which are what the rows add up to', body: metricsSchema } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id } }, db) => {
      const campaign = await known(db, id);
      return reply(
        200,
        metricsOf(
          campaign,
          await readSampleCounts(db, id),
          await readDeliveryCounts(db, id),
          await readSpend(db, id),
          await readVariantSpend(db, id),
        ),
      );
    },
  }),
  read({
    id: 'listCampaignContacts',
    path: '/v1/campaigns/{id}/contacts',
    tag,
    summary: 'Lists the contacts of a campaign, and what became of it for each',
    description: 'Everything that is asked for must hold at once.',
    access: 'viewer',
    params,
    query: z.strictObject({ ...pageQuery, ...selection }),
    replies: {
      200: { description: 'A page of contacts', body: pageOf(campaignContactSchema, 'CampaignContactPage') },
    },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id }, query: { cursor, limit, ...wanted } }, db) => {
      const campaign = await known(db, id);
      const rows = await listContacts(db, {
        ...wantedOf(campaign, wanted),
        after: decodeCursor(z.object({ contactId: z.uuid() }), cursor)?.contactId ?? null,
        limit: limit + 1,
      });
      const waits = await whyTheyWait(db, campaign, clock);
      return reply(
        200,
        page(rows, limit, {
          item: (row) => wireContact(row, campaign, waits),
          positionOf: (row) => ({ contactId: row.contact_id }),
        }),
      );
    },
  }),
  read({
    id: 'exportCampaignContacts',
    path: '/v1/campaigns/{id}/contacts/export',
    tag,
    summary: 'Contacts of a campaign as CSV: all, or those of a count',
    description:
      'What became of the campaign for each. Texts that a spreadsheet would compute begin with an apostrophe.',
    access: 'viewer',
    params,
    query: z.strictObject(selection),
    replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
    problems: ['not_found', 'unreadable'],
    handle: async ({ params: { id }, query }, db) => {
      const campaign = await known(db, id);
      const waits = await whyTheyWait(db, campaign, clock);
      return reply(200, exportCampaignContacts(db, campaign, wantedOf(campaign, query), waits), {
        headers: { 'content-disposition': 'attachment; filename="campaign-contacts.csv"' },
      });
    },
  }),
];
