import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isUniqueViolation } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { name, uuid } from '../http/words.ts';
import { LONGEST_BODY } from '../messages/schemas.ts';
import {
  type CannedReply,
  deleteCannedReply,
  insertCannedReply,
  listCannedReplies,
  lockCannedReply,
  readCannedReply,
  updateCannedReply,
} from './store.ts';

const tag = 'Canned replies';
const params = z.strictObject({ id: uuid });
const body = storableText.pipe(z.string().trim().min(1).max(LONGEST_BODY));

const newSchema = z
  .strictObject({ name, body })
  .meta({ id: 'NewCannedReply', example: { name: 'Opening hours', body: 'We are open 9 to 5, Mon-Fri.' } });
const changeSchema = z
  .strictObject({ name: name.optional(), body: body.optional() })
  .meta({ id: 'CannedReplyChange', description: 'What is left out stays as it is' });

const cannedReplySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    body: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'CannedReply' });

const wire = ({ version: _, ...row }: CannedReply): z.input<typeof cannedReplySchema> => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

const audited = (row: CannedReply) => ({ name: row.name, body: row.body });

const noSuchReply = (): Problem => new Problem('not_found', 'There is no such canned reply.');
const nameTaken = (): Problem => new Problem('conflict', 'Another canned reply has this name.');

/** Texts that people answer with again and again. */
export const cannedReplyOperations = ({ clock }: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'listCannedReplies',
    path: '/v1/canned-replies',
    tag,
    summary: 'Lists canned replies, by name',
    access: 'viewer',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of them', body: pageOf(cannedReplySchema, 'CannedReplyPage') } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(z.object({ name: storableText }), cursor)?.name ?? null;
      const rows = await listCannedReplies(db, { after, limit: limit + 1 });
      return reply(200, page(rows, limit, { item: wire, positionOf: (row) => ({ name: row.name }) }));
    },
  }),
  read({
    id: 'getCannedReply',
    path: '/v1/canned-replies/{id}',
    tag,
    summary: 'Gets a canned reply',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The canned reply', body: cannedReplySchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const row = await readCannedReply(db, id);
      if (row === null) throw noSuchReply();
      return reply(200, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'createCannedReply',
    method: 'post',
    path: '/v1/canned-replies',
    tag,
    summary: 'Makes a canned reply',
    access: 'operator',
    body: newSchema,
    replies: { 201: { description: 'The new one', body: cannedReplySchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body: given }, { tx, audit }) => {
      const row = await insertCannedReply(tx, { ...given, id: clock.newId(), now: clock.now() });
      if (row === null) throw nameTaken();
      audit({
        subject: 'canned-reply',
        subjectId: row.id,
        action: 'created',
        before: null,
        after: audited(row),
      });
      return reply(201, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'updateCannedReply',
    method: 'patch',
    path: '/v1/canned-replies/{id}',
    tag,
    summary: 'Changes a canned reply',
    access: 'operator',
    requiresVersion: true,
    params,
    body: changeSchema,
    replies: { 200: { description: 'As it is now', body: cannedReplySchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body: given, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockCannedReply(tx, id);
      if (before === null) throw noSuchReply();
      checkVersion(before, ifMatch);
      const wanted = { id, name: given.name ?? before.name, body: given.body ?? before.body };
      const row = await updateCannedReply(tx, { ...wanted, now: clock.now() }).catch((error: unknown) => {
        throw isUniqueViolation(error) ? nameTaken() : error;
      });
      audit({
        subject: 'canned-reply',
        subjectId: id,
        action: 'updated',
        before: audited(before),
        after: audited(row),
      });
      return reply(200, wire(row), { version: row.version });
    },
  }),
  change({
    id: 'deleteCannedReply',
    method: 'delete',
    path: '/v1/canned-replies/{id}',
    tag,
    summary: 'Deletes a canned reply',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const row = await lockCannedReply(tx, id);
      if (row === null) throw noSuchReply();
      checkVersion(row, ifMatch);
      await deleteCannedReply(tx, id);
      audit({
        subject: 'canned-reply',
        subjectId: id,
        action: 'deleted',
        before: audited(row),
        after: null,
      });
      return reply(204, null);
    },
  }),
];
