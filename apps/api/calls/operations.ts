import { z } from 'zod';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { givenPhone, shownPhone, toldPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';
import { logPosition } from '../messages/schemas.ts';
import { callFactsSchema, outcomeSchema } from './facts.ts';
import { type CallRow, searchCalls } from './store.ts';

const callSchema = z
  .object({
    id: z.string().meta({ description: 'Of its message' }),
    logId: z.string().meta({ description: 'Of this entry: each request to a carrier has one' }),
    phoneNumber: shownPhone.nullable(),
    ourNumber: shownPhone.nullable(),
    campaignId: z.string().nullable(),
    body: z.string().meta({ description: 'What it had to say', example: 'This is Elm County Health. ...' }),
    occurredAt: instant.meta({ description: 'When the carrier took it, or refused it' }),
    status: z.string().meta({ description: 'The highest that the carrier reported', example: 'completed' }),
    statusAt: instant,
    errorCode: z.string().nullable(),
    ...callFactsSchema.shape,
    carrier: z.string(),
    carrierMessageId: z.string().nullable().meta({ description: 'Null: it was refused' }),
  })
  .meta({ id: 'Call' });

const wireCall = ({ position: _, ...row }: CallRow): z.input<typeof callSchema> => ({
  ...row,
  occurredAt: row.occurredAt.toISOString(),
  statusAt: row.statusAt.toISOString(),
});

const optionalDate = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));

/** Calls, and what became of them. */
export const callOperations = (): readonly Operation[] => [
  read({
    id: 'searchCalls',
    path: '/v1/calls',
    tag: 'Messages',
    summary: 'Searches calls, newest first',
    description:
      'What carriers were asked to call: those of a person, of a message, of a campaign, with what became of each. A call that waits, or will not be made, is among the messages of its person. A search by outcome or by our number looks through a bounded part for each page: a page may hold less than its limit, also nothing, while `nextCursor` says that there is more to look through.',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      phone: toldPhone.optional().meta({ description: 'Of the person' }),
      from: givenPhone.optional().meta({ description: 'Our number' }),
      campaignId: z.uuid().optional(),
      messageId: z.uuid().optional(),
      outcome: outcomeSchema.optional().meta({ example: 'opted_out' }),
      since: instant.optional().meta({ description: 'At this instant or later' }),
      until: instant.optional().meta({ description: 'Before this instant' }),
    }),
    replies: { 200: { description: 'A page of calls', body: pageOf(callSchema, 'CallPage') } },
    handle: async ({ query }, db) => {
      const { found, lookedTo } = await searchCalls(db, {
        phone: query.phone ?? null,
        ourNumber: query.from ?? null,
        campaignId: query.campaignId ?? null,
        messageId: query.messageId ?? null,
        outcome: query.outcome ?? null,
        since: optionalDate(query.since),
        until: optionalDate(query.until),
        after: decodeCursor(logPosition, query.cursor),
        limit: query.limit + 1,
      });
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      const next =
        found.length > query.limit && last !== undefined
          ? { at: last.position, logId: last.logId }
          : lookedTo;
      return reply(200, {
        items: items.map(wireCall),
        nextCursor: next === null ? null : encodeCursor({ ...next }),
      });
    },
  }),
];
