import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { readAnswers } from '#shared/contacts/answers.ts';
import { sharedValue } from '#shared/contacts/exchange.ts';
import { readFields } from '#shared/contacts/store.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply, search } from '../http/operation.ts';
import { textStream } from '../http/text-stream.ts';
import { instant } from '../http/time.ts';
import { uuid } from '../http/words.ts';
import { contactChanges } from './change-operations.ts';
import { exportContacts } from './export.ts';
import { noSuchContact, parameters, tag } from './operation-parts.ts';
import { contactSchema, foundSchema, searchSchema, shownVersion, wireContact } from './schemas.ts';
import { filterFaults, selectionQuery, type Where, whereOf, whereOfFilter } from './selection.ts';
import {
  type Contact,
  countContacts,
  countTags,
  listContacts,
  listsOfContact,
  readContact,
} from './store.ts';

const position = z.object({ id: uuid });

const pageOfContacts = async (
  db: Queryable,
  where: Where,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) => {
  const after = decodeCursor(position, cursor)?.id ?? null;
  const rows = await listContacts(db, where, { after, limit: limit + 1 });
  return page(rows, limit, {
    item: wireContact,
    positionOf: ({ contactId }: Contact) => ({ id: contactId }),
  });
};

const listOnContact = z
  .object({ id: z.string(), name: z.string(), addedAt: instant })
  .meta({ id: 'ListOfContact' });

const answerOfContact = z
  .object({
    field: z.string().meta({ description: 'As filters name it', example: 'time_zone' }),
    answer: z.string().meta({ description: 'As they wrote it' }),
    value: z
      .union([z.string(), z.number(), z.boolean()])
      .nullable()
      .meta({ description: 'What the contact got; null: nothing, because the field cannot have it' }),
    isCurrent: z.boolean().meta({ description: 'Whether the contact still has it' }),
    programme: z.string().nullable(),
    drill: z.string().nullable(),
    prompt: z.string(),
    answeredAt: instant,
  })
  .meta({ id: 'AnswerOfContact' });

const MOST_TAGS_SHOWN = 200;

/** Contacts: whom an organisation writes to. */
export const contactOperations = (parts: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'listContacts',
    path: '/v1/contacts',
    tag,
    summary: 'Lists contacts, in the order in which they were made',
    description: 'Everything that is asked for must hold at once. A number is looked up with `phone`.',
    access: 'viewer',
    query: z.strictObject({ ...pageQuery, ...selectionQuery }),
    replies: { 200: { description: 'A page of them', body: pageOf(contactSchema, 'ContactPage') } },
    handle: async ({ query: { cursor, limit, ...selection } }, db) =>
      reply(200, await pageOfContacts(db, whereOf(selection, await readFields(db)), { cursor, limit })),
  }),
  search({
    id: 'searchContacts',
    path: '/v1/contacts/search',
    tag,
    summary: 'Lists contacts that a filter of any length matches',
    access: 'viewer',
    body: searchSchema,
    replies: { 200: { description: 'A page of them', body: foundSchema } },
    furtherFaults: async ({ body }, db) => {
      const given = searchSchema.shape.filter.safeParse(Reflect.get(Object(body), 'filter'));
      return given.success ? filterFaults(given.data, await readFields(db)) : [];
    },
    handle: async ({ body: { count, cursor, filter, limit } }, db) => {
      const where = whereOfFilter(filter, await readFields(db));
      const found = await pageOfContacts(db, where, { cursor, limit });
      return reply(200, { ...found, count: count ? await countContacts(db, where) : null });
    },
  }),
  read({
    id: 'exportContacts',
    path: '/v1/contacts/export',
    tag,
    summary: 'Contacts as CSV: all, those of a list, or those that a filter matches',
    description:
      'In the order in which they were made, with a column for each field. The file can be imported elsewhere. Texts that a spreadsheet would compute begin with an apostrophe.',
    access: 'viewer',
    query: z.strictObject(selectionQuery),
    replies: { 200: { description: 'CSV, of any length', body: textStream, mediaType: 'text/csv' } },
    handle: async ({ query }, db) => {
      const fields = await readFields(db);
      return reply(200, exportContacts(db, whereOf(query, fields), fields), {
        headers: { 'content-disposition': 'attachment; filename="contacts.csv"' },
      });
    },
  }),
  read({
    id: 'listContactTags',
    path: '/v1/contact-tags',
    tag,
    summary: `Lists tags that contacts have, the most common first, at most ${MOST_TAGS_SHOWN}`,
    description: 'Counted when it is asked: of a million contacts it takes about a second.',
    access: 'viewer',
    replies: {
      200: {
        description: 'Tags',
        body: z
          .object({ items: z.array(z.object({ tag: z.string(), contacts: z.int() })) })
          .meta({ id: 'ContactTags' }),
      },
    },
    handle: async (_request, db) => reply(200, { items: await countTags(db, MOST_TAGS_SHOWN) }),
  }),
  ...contactChanges(parts),
  read({
    id: 'getContact',
    path: '/v1/contacts/{id}',
    tag,
    summary: 'Gets a contact',
    access: 'viewer',
    params: parameters,
    replies: { 200: { description: 'The contact', body: contactSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const contact = await readContact(db, id);
      if (contact === null) throw noSuchContact();
      return reply(200, wireContact(contact), { version: shownVersion(contact) });
    },
  }),
  read({
    id: 'listListsOfContact',
    path: '/v1/contacts/{id}/lists',
    tag,
    summary: 'Lists that a contact is on, by name',
    access: 'viewer',
    params: parameters,
    replies: {
      200: {
        description: 'All of them',
        body: z.object({ items: z.array(listOnContact) }).meta({ id: 'ListsOfContact' }),
      },
    },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      if ((await readContact(db, id)) === null) throw noSuchContact();
      const lists = await listsOfContact(db, id);
      return reply(200, {
        items: lists.map((list) => ({ ...list, addedAt: list.addedAt.toISOString() })),
      });
    },
  }),
  read({
    id: 'listAnswersOfContact',
    path: '/v1/contacts/{id}/answers',
    tag,
    summary: 'Lists what a person answered in drills about fields of their contact',
    description:
      'The newest answer to each field, by field. Whoever changes the field afterwards leaves the answer here.',
    access: 'viewer',
    params: parameters,
    replies: {
      200: {
        description: 'All of them',
        body: z.object({ items: z.array(answerOfContact) }).meta({ id: 'AnswersOfContact' }),
      },
    },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const contact = await readContact(db, id);
      if (contact === null) throw noSuchContact();
      const answers = await readAnswers(db, id);
      return reply(200, {
        items: answers.map((answer) => ({
          ...answer,
          isCurrent: answer.value !== null && answer.value === sharedValue(contact, answer.field),
          answeredAt: answer.answeredAt.toISOString(),
        })),
      });
    },
  }),
];
