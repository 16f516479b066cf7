import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { filterSchema } from '#shared/contacts/filter.ts';
import { readFields } from '#shared/contacts/store.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isUniqueViolation, type Pool } from '#shared/postgres/pool.ts';
import { filterFaults, whereOfFilter } from '../contacts/selection.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type GivenRequest, type Operation, read, reply } from '../http/operation.ts';
import { type Fault, Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { checkVersion } from '../http/version.ts';
import { name, uuid } from '../http/words.ts';
import {
  addMembers,
  archiveList,
  type ContactList,
  changeMembersWhere,
  contactsAmong,
  deleteList,
  FIRST_OF_WHERE,
  insertList,
  isNameTaken,
  listLists,
  lockList,
  openCampaignsOf,
  readList,
  removeMembers,
  updateList,
} from './store.ts';

const tag = 'Lists';

/** Most contacts of one request that names them. */
const MOST_IDS = 1_000;

const description = storableText.trim().max(500);
const params = z.object({ id: uuid });
const position = z.object({ id: uuid });

const newListSchema = z
  .strictObject({ name, description: description.default('') })
  .meta({ id: 'NewContactList' });

const listChangeSchema = z
  .strictObject({ name: name.optional(), description: description.optional() })
  .meta({ id: 'ContactListChange', description: 'What is left out stays as it is' });

const listSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    members: z.int().meta({ description: 'How many contacts are on it' }),
    createdAt: instant,
    updatedAt: instant,
    archivedAt: instant.nullable().meta({ description: 'Since when it is put away; null: it is in use' }),
  })
  .meta({ id: 'ContactList' });

const wireList = ({ listId: id, version: _, ...list }: ContactList): z.input<typeof listSchema> => ({
  ...list,
  id,
  archivedAt: list.archivedAt?.toISOString() ?? null,
  createdAt: list.createdAt.toISOString(),
  updatedAt: list.updatedAt.toISOString(),
});

/** As of a contact: `If-Match` goes by the first part alone, so that members may come and go meanwhile. */
const shownVersion = ({ members, version }: ContactList): string => `${version}.${members}`;

const audited = ({ description, name }: Pick<ContactList, 'name' | 'description'>) => ({ name, description });

const membersSchema = z
  .union([
    z.strictObject({
      contactIds: z.array(z.uuid()).min(1).max(MOST_IDS).meta({ description: 'Ids of contacts' }),
    }),
    z.strictObject({ filter: filterSchema }),
  ])
  .meta({ id: 'MembersOfList', description: 'Contacts by their ids, or all that a filter matches' });

const membersChangedSchema = z
  .object({
    changed: z.int().meta({ description: 'How many were put on the list, or taken off' }),
    contactIds: z.array(z.string()).meta({
      description:
        'Of the ids that were named: those that were put on the list, or taken off. The same ids the other way round undo it. Of a filter: none',
    }),
    unknown: z.array(z.string()).meta({ description: 'Of the ids that were named: those of nobody' }),
    members: z.int().meta({ description: 'How many are on it now' }),
  })
  .meta({ id: 'MembersChanged' });

const noSuchList = (): Problem => new Problem('not_found', 'There is no such list.');
const nameTaken = (): Problem => new Problem('conflict', 'Another list has this name.');

/** Lists of contacts. */
export const listOperations = (parts: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'listLists',
    path: '/v1/lists',
    tag,
    summary: 'Lists the lists, in the order in which they were made',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      archived: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'Only those that are put away, or that are not. Left out: all' }),
    }),
    replies: { 200: { description: 'A page of them', body: pageOf(listSchema, 'ContactListPage') } },
    handle: async ({ query: { archived, cursor, limit } }, db) => {
      const after = decodeCursor(position, cursor)?.id ?? null;
      const rows = await listLists(db, {
        after,
        archived: archived === undefined ? null : archived === 'true',
        limit: limit + 1,
      });
      return reply(200, page(rows, limit, { item: wireList, positionOf: ({ listId }) => ({ id: listId }) }));
    },
  }),
  read({
    id: 'getList',
    path: '/v1/lists/{id}',
    tag,
    summary: 'Gets a list',
    description: 'Its members are `/v1/contacts?list={id}`; as CSV `/v1/contacts/export?list={id}`.',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The list', body: listSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const list = await readList(db, id);
      if (list === null) throw noSuchList();
      return reply(200, wireList(list), { version: shownVersion(list) });
    },
  }),
  ...listChanges(parts),
  memberChange('add', parts),
  memberChange('remove', parts),
];

const listChanges = ({ clock }: { clock: Clock }): readonly Operation[] => [
  change({
    id: 'createList',
    method: 'post',
    path: '/v1/lists',
    tag,
    summary: 'Makes a list',
    access: 'operator',
    body: newListSchema,
    replies: { 201: { description: 'The new list', body: listSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      const list = await insertList(tx, { ...body, listId: clock.newId(), now: clock.now() });
      if (list === null) throw nameTaken();
      const after = audited(list);
      audit({ subject: 'list', subjectId: list.listId, action: 'created', before: null, after });
      return reply(201, wireList(list), { version: shownVersion(list) });
    },
  }),
  change({
    id: 'updateList',
    method: 'patch',
    path: '/v1/lists/{id}',
    tag,
    summary: 'Changes the name or the description of a list',
    access: 'operator',
    requiresVersion: true,
    params,
    body: listChangeSchema,
    replies: { 200: { description: 'The list as it is now', body: listSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockList(tx, id, 'change');
      if (before === null) throw noSuchList();
      checkVersion(before, ifMatch);
      const given = { name: body.name ?? before.name, description: body.description ?? before.description };
      if (await isNameTaken(tx, given.name, id)) throw nameTaken();
      const list = await updateList(tx, { ...given, listId: id, now: clock.now() }).catch(
        (error: unknown) => {
          // Another list got the name at this moment.
          throw isUniqueViolation(error) ? nameTaken() : error;
        },
      );
      audit({
        subject: 'list',
        subjectId: id,
        action: 'updated',
        before: audited(before),
        after: audited(list),
      });
      return reply(200, wireList(list), { version: shownVersion(list) });
    },
  }),
  change({
    id: 'archiveList',
    method: 'post',
    path: '/v1/lists/{id}/archive',
    tag,
    summary: 'Puts a list away, or takes it out again',
    description:
      'One that is put away is not offered any more where somebody chooses lists. It keeps its contacts, and campaigns that name it go on as before.',
    access: 'operator',
    params,
    body: z.strictObject({ archived: z.boolean() }).meta({ id: 'ArchiveList', example: { archived: true } }),
    replies: { 200: { description: 'The list as it is now', body: listSchema, versioned: true } },
    problems: ['not_found', 'changed_meanwhile'],
    handle: async ({ body: { archived }, ifMatch, params: { id } }, { tx, audit }) => {
      const before = await lockList(tx, id, 'change');
      if (before === null) throw noSuchList();
      checkVersion(before, ifMatch);
      const now = clock.now();
      const archivedAt = archived ? (before.archivedAt ?? now) : null;
      const list = await archiveList(tx, { listId: id, archivedAt, now });
      audit({
        subject: 'list',
        subjectId: id,
        action: archived ? 'archived' : 'taken out',
        before: { archivedAt: before.archivedAt },
        after: { archivedAt },
      });
      return reply(200, wireList(list), { version: shownVersion(list) });
    },
  }),
  change({
    id: 'deleteList',
    method: 'delete',
    path: '/v1/lists/{id}',
    tag,
    summary: 'Deletes a list; its contacts stay',
    description:
      'Not while a campaign that has not ended goes to it or leaves it out: whoever is left out would be written to.',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'conflict', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const list = await lockList(tx, id, 'delete');
      if (list === null) throw noSuchList();
      checkVersion(list, ifMatch);
      const users = await openCampaignsOf(tx, id);
      if (users.length > 0) {
        throw new Problem(
          'conflict',
          `Campaigns that have not ended use it: ${users.map((each) => `${each.name} (${each.status})`).join(', ')}.`,
        );
      }
      const members = await deleteList(tx, id);
      const before = { ...audited(list), members };
      audit({ subject: 'list', subjectId: id, action: 'deleted', before, after: null });
      return reply(204, null);
    },
  }),
];

type Members = z.output<typeof membersSchema>;

/** Puts contacts on a list, or takes them off. Either may be done twice: the second time changes nothing. */
function memberChange(how: 'add' | 'remove', { clock }: { clock: Clock }): Operation {
  const [id, path, summary, action] =
    how === 'add'
      ? (['addListMembers', '/v1/lists/{id}/members', 'Puts contacts on a list', 'members added'] as const)
      : ([
          'removeListMembers',
          '/v1/lists/{id}/members/remove',
          'Takes contacts off a list',
          'members removed',
        ] as const);
  return change({
    id,
    method: 'post',
    path,
    tag,
    summary,
    description: `By ids, ${MOST_IDS} at most, or all whom a filter matches at this moment. Who is on it already, or is not, stays so.`,
    access: 'operator',
    params,
    body: membersSchema,
    replies: { 200: { description: 'They are', body: membersChangedSchema } },
    problems: ['not_found'],
    furtherFaults: faultsOfFilter,
    handle: async (
      {
        body,
        params: { id: listId },
      }: Pick<GivenRequest<typeof params, undefined, typeof membersSchema>, 'body' | 'params'>,
      { tx, audit },
    ) => {
      if ((await lockList(tx, listId, 'members')) === null) throw noSuchList();
      const now = clock.now();
      let changed: number;
      let unknown: string[] = [];
      let contactIds: string[] = [];
      if ('filter' in body) {
        const where = whereOfFilter(body.filter, await readFields(tx), FIRST_OF_WHERE);
        changed = await changeMembersWhere(tx, how, { listId, where, now });
      } else {
        const ids = [...new Set(body.contactIds.map((each) => each.toLowerCase()))];
        const known = await contactsAmong(tx, ids);
        unknown = ids.filter((each) => !known.has(each));
        contactIds = await (how === 'add'
          ? addMembers(tx, listId, ids, now)
          : removeMembers(tx, listId, ids));
        changed = contactIds.length;
      }
      audit({
        subject: 'list',
        subjectId: listId,
        action,
        before: null,
        after: auditedMembers(body, changed),
      });
      const list = await readList(tx, listId);
      return reply(200, { changed, contactIds, unknown, members: list?.members ?? 0 });
    },
  });
}

/** Never who: a list of people would stay in the audit log when they are erased. */
const auditedMembers = (body: Members, contacts: number) => ({
  contacts,
  by: 'filter' in body ? 'filter' : 'ids',
});

async function faultsOfFilter({ body }: { body: unknown }, db: Pool): Promise<Fault[]> {
  const given: unknown = Reflect.get(Object(body), 'filter');
  if (given === undefined) return [];
  const parsed = filterSchema.safeParse(given);
  return parsed.success ? filterFaults(parsed.data, await readFields(db)) : [];
}
