import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { shownPhone } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { type DeadLetter, listDeadLetters, readDeadLetter } from './dead-letter-store.ts';

const stateSchema = z.enum(['quarantined', 'parked', 'redriven', 'discarded']).meta({
  description:
    '`quarantined`: it could not be processed; `parked`: it waits behind such a one of the same phone; the others are settled',
});

const letter = {
  id: z.string().meta({ example: '12' }),
  consumer: z.string().meta({ description: 'Who could not process it', example: 'dialog' }),
  stream: z.string().meta({ description: 'Where it was read', example: 'dialog-commands' }),
  key: shownPhone,
  state: stateSchema,
  reason: z.string().meta({ description: 'What went wrong, as the consumer said it' }),
  arrivedAt: instant.meta({ description: 'On the stream' }),
  setAsideAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  settledReason: z
    .string()
    .nullable()
    .meta({ description: 'Why it was discarded, in the words of whoever did' }),
};
const deadLetterSchema = z.object(letter).meta({ id: 'DeadLetter' });
const wholeSchema = z
  .object({ ...letter, body: z.string().meta({ description: 'As it was read' }) })
  .meta({ id: 'WholeDeadLetter' });

const letterPage = pageOf(deadLetterSchema, 'DeadLetterPage');
const position = z.object({ id: z.int() });
const params = z.strictObject({ id: z.string().regex(/^\d{1,15}$/, 'is no id of a dead letter') });

const wire = ({ arrivedAt, setAsideAt, settledAt, id, ...rest }: DeadLetter) => ({
  ...rest,
  id: String(id),
  arrivedAt: arrivedAt.toISOString(),
  setAsideAt: setAsideAt.toISOString(),
  settledAt: settledAt?.toISOString() ?? null,
});

/** Records that could not be processed, and wait for somebody to look. */
export const deadLetterOperations: readonly Operation[] = [
  read({
    id: 'listDeadLetters',
    path: '/v1/dead-letters',
    tag: 'System',
    summary: 'Lists records that could not be processed, newest first',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      consumer: storableText.max(60).optional().meta({ description: 'Only of this one', example: 'dialog' }),
      settled: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Those that are settled instead' }),
    }),
    replies: { 200: { description: 'A page of them', body: letterPage } },
    handle: async ({ query: { consumer, cursor, limit, settled } }, db) => {
      const letters = await listDeadLetters(db, {
        consumer: consumer ?? null,
        isSettled: settled === 'true',
        before: decodeCursor(position, cursor)?.id ?? null,
        limit: limit + 1,
      });
      return reply(200, page(letters, limit, { item: wire, positionOf: ({ id }) => ({ id }) }));
    },
  }),
  read({
    id: 'getDeadLetter',
    path: '/v1/dead-letters/{id}',
    tag: 'System',
    summary: 'A record that could not be processed, as it was read',
    access: 'viewer',
    params,
    problems: ['not_found'],
    replies: { 200: { description: 'The record', body: wholeSchema } },
    handle: async ({ params: { id } }, db) => {
      const found = await readDeadLetter(db, Number(id));
      if (found === null) throw new Problem('not_found', 'There is no such record.');
      return reply(200, { ...wire(found), body: found.body });
    },
  }),
];
