import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { isUniqueViolation, type Queryable } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { uuid } from '../http/words.ts';
import { groupChangeSchema, groupSchema, newGroupSchema, wireGroup } from './schemas.ts';
import {
  deleteGroup,
  type GroupInUse,
  insertGroup,
  listGroups,
  lockGroup,
  openCampaignsOf,
  readGroup,
  type StoredGroup,
  updateGroup,
  withUse,
} from './store.ts';

const tag = 'Throttle groups';
const params = z.strictObject({ id: uuid });

const noSuchGroup = (): Problem => new Problem('not_found', 'There is no such throttle group.');
const nameTaken = (): Problem =>
  new Problem('conflict', 'Another throttle group has this name.', {
    faults: [{ in: 'body', pointer: '/name', detail: 'is the name of another throttle group' }],
  });

const audited = ({ evenly, most, name, per }: StoredGroup) => ({ name, most, per, evenly });

async function inUse(db: Queryable, group: StoredGroup, now: Date): Promise<GroupInUse> {
  const [known] = await withUse(db, [group], now);
  if (known === undefined) throw new Error('what was asked about was not answered');
  return known;
}

/** Limits that campaigns share. */
export const throttleGroupOperations = (parts: { clock: Clock }): readonly Operation[] => [
  ...reads(parts),
  ...changes(parts),
];

const reads = ({ clock }: { clock: Clock }): readonly Operation[] => [
  read({
    id: 'listThrottleGroups',
    path: '/v1/throttle-groups',
    tag,
    summary: 'Lists throttle groups, by name, how far each is used and who waits for it',
    access: 'viewer',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of them', body: pageOf(groupSchema, 'ThrottleGroupPage') } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(z.object({ name: storableText }), cursor)?.name ?? null;
      const groups = await listGroups(db, { after, limit: limit + 1 });
      const rows = await withUse(db, groups, clock.now());
      return reply(200, page(rows, limit, { item: wireGroup, positionOf: ({ name }) => ({ name }) }));
    },
  }),
  read({
    id: 'getThrottleGroup',
    path: '/v1/throttle-groups/{id}',
    tag,
    summary: 'Gets a throttle group, how far it is used and who waits for it',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The group', body: groupSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const group = await readGroup(db, id);
      if (group === null) throw noSuchGroup();
      // Another answer whenever its use is another; to change it, what stands before the point counts.
      const known = await inUse(db, group, clock.now());
      return reply(200, wireGroup(known), { version: versionOf(known) });
    },
  }),
];

const versionOf = ({ campaigns, used, version }: GroupInUse): string =>
  [
    version,
    used,
    ...campaigns.map((each) => `${each.status[0]}${each.used}${each.waits ? 'w' : ''}${each.contacts}`),
  ].join('.');

const changes = ({ clock }: { clock: Clock }): readonly Operation[] => [
  change({
    id: 'createThrottleGroup',
    method: 'post',
    path: '/v1/throttle-groups',
    tag,
    summary:
      'Makes a throttle group: at most so many texts and calls in a period, of all campaigns that name it',
    description:
      'What counts is a text or a call that is planned: the first, repetitions, steps of ladders, lessons that begin. Answers and tests do not. It counts once for each time that it is planned: what a pause takes back, and is planned again later, counts twice. Of a limit that does not come evenly that may be as much as all of it.',
    access: 'operator',
    body: newGroupSchema,
    replies: { 201: { description: 'The group', body: groupSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      const now = clock.now();
      const evenly = body.evenly ?? body.per !== 'day';
      const group = await insertGroup(tx, { ...body, evenly, id: clock.newId() }, now);
      if (group === null) throw nameTaken();
      audit({
        subject: 'throttle-group',
        subjectId: group.id,
        action: 'created',
        before: null,
        after: audited(group),
      });
      return reply(201, wireGroup(await inUse(tx, group, now)), { version: group.version });
    },
  }),
  change({
    id: 'updateThrottleGroup',
    method: 'patch',
    path: '/v1/throttle-groups/{id}',
    tag,
    summary: 'Changes a throttle group, also while its campaigns are under way',
    description:
      'What was planned before counts: of a lower limit nothing goes until less than that was planned in the period before. So it does of a longer period: what was planned is kept for two days.',
    access: 'operator',
    requiresVersion: true,
    params,
    body: groupChangeSchema,
    replies: { 200: { description: 'The group as it is now', body: groupSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const now = clock.now();
      const before = await lockGroup(tx, id);
      if (before === null) throw noSuchGroup();
      checkVersion(before, ifMatch);
      const wanted = {
        id,
        name: body.name ?? before.name,
        most: body.most ?? before.most,
        per: body.per ?? before.per,
        evenly: body.evenly ?? before.evenly,
      };
      const group = await updateGroup(tx, wanted, now).catch((error: unknown) => {
        throw isUniqueViolation(error) ? nameTaken() : error;
      });
      audit({
        subject: 'throttle-group',
        subjectId: id,
        action: 'updated',
        before: audited(before),
        after: audited(group),
      });
      return reply(200, wireGroup(await inUse(tx, group, now)), { version: group.version });
    },
  }),
  change({
    id: 'deleteThrottleGroup',
    method: 'delete',
    path: '/v1/throttle-groups/{id}',
    tag,
    summary: 'Deletes a throttle group',
    description: 'Not while a campaign that has not ended names it, drafts apart.',
    access: 'operator',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'conflict', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const group = await lockGroup(tx, id);
      if (group === null) throw noSuchGroup();
      checkVersion(group, ifMatch);
      const users = await openCampaignsOf(tx, id);
      if (users.length > 0) {
        throw new Problem(
          'conflict',
          `Campaigns that have not ended name it: ${users.map((each) => `${each.name} (${each.status})`).join(', ')}.`,
        );
      }
      await deleteGroup(tx, id);
      const before = audited(group);
      audit({ subject: 'throttle-group', subjectId: id, action: 'deleted', before, after: null });
      return reply(204, null);
    },
  }),
];
