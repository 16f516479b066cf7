import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { newPoolSchema, poolChangeSchema, poolSchema } from './schemas.ts';
import {
  deletePool,
  insertPool,
  listPools,
  lockPool,
  openCampaignsWithPool,
  readPool,
  type StoredPool,
  updatePool,
} from './store.ts';

const tag = 'Senders';
const params = z.strictObject({
  name: storableText.pipe(z.string().min(1).max(50)).meta({ example: 'flu-2026' }),
});
const position = z.object({ name: z.string().max(50) });

const noSuchPool = (): Problem => new Problem('not_found', 'There is no such pool.');

const wirePool = ({ version: _, ...pool }: StoredPool): z.input<typeof poolSchema> => ({
  ...pool,
  createdAt: pool.createdAt.toISOString(),
  updatedAt: pool.updatedAt.toISOString(),
});

const audited = ({ description, segmentsPerDay, segmentsPerSecond }: StoredPool) => ({
  description,
  segmentsPerSecond,
  segmentsPerDay,
});

async function stored(tx: Transaction, name: string): Promise<StoredPool> {
  const pool = await readPool(tx, name);
  if (pool === null) throw new Error('a pool that was written has no row');
  return pool;
}

/** As it stands, locked; 404 where there is none. */
async function locked(tx: Transaction, name: string): Promise<StoredPool> {
  const pool = (await lockPool(tx, name, 'change')) ? await readPool(tx, name) : null;
  if (pool === null) throw noSuchPool();
  return pool;
}

/** Pools of numbers that stand in for each other. */
export const poolOperations = (parts: { clock: Clock }): readonly Operation[] => [
  ...reads,
  ...changes(parts),
];

const reads: readonly Operation[] = [
  read({
    id: 'listSenderPools',
    path: '/v1/sender-pools',
    tag,
    summary: 'Lists pools of numbers, by name',
    access: 'viewer',
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of them', body: pageOf(poolSchema, 'SenderPoolPage') } },
    handle: async ({ query: { cursor, limit } }, db) => {
      const after = decodeCursor(position, cursor)?.name ?? null;
      const rows = await listPools(db, { after, limit: limit + 1 });
      return reply(200, page(rows, limit, { item: wirePool, positionOf: ({ name }) => ({ name }) }));
    },
  }),
  read({
    id: 'getSenderPool',
    path: '/v1/sender-pools/{name}',
    tag,
    summary: 'Gets a pool of numbers',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The pool', body: poolSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { name } }, db) => {
      const pool = await readPool(db, name);
      if (pool === null) throw noSuchPool();
      return reply(200, wirePool(pool), { version: pool.version });
    },
  }),
];

const changes = ({ clock }: { clock: Clock }): readonly Operation[] => [
  change({
    id: 'createSenderPool',
    method: 'post',
    path: '/v1/sender-pools',
    tag,
    summary: 'Makes a pool of numbers',
    description: 'Its name never changes: campaigns name it. Numbers join it by their own `pool`.',
    access: 'admin',
    body: newPoolSchema,
    replies: { 201: { description: 'The pool', body: poolSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      if (!(await insertPool(tx, body, clock.now()))) {
        throw new Problem('conflict', 'There is a pool of this name already.');
      }
      const pool = await stored(tx, body.name);
      const after = audited(pool);
      audit({ subject: 'sender-pool', subjectId: pool.name, action: 'created', before: null, after });
      return reply(201, wirePool(pool), { version: pool.version });
    },
  }),
  change({
    id: 'updateSenderPool',
    method: 'patch',
    path: '/v1/sender-pools/{name}',
    tag,
    summary: 'Changes what the numbers of a pool may send together',
    access: 'admin',
    requiresVersion: true,
    params,
    body: poolChangeSchema,
    replies: { 200: { description: 'The pool as it is now', body: poolSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body, ifMatch, params: { name } }, { tx, audit }) => {
      const before = await locked(tx, name);
      checkVersion(before, ifMatch);
      await updatePool(
        tx,
        {
          name,
          description: body.description ?? before.description,
          segmentsPerSecond:
            body.segmentsPerSecond === undefined ? before.segmentsPerSecond : body.segmentsPerSecond,
          segmentsPerDay: body.segmentsPerDay === undefined ? before.segmentsPerDay : body.segmentsPerDay,
        },
        clock.now(),
      );
      const pool = await stored(tx, name);
      audit({
        subject: 'sender-pool',
        subjectId: name,
        action: 'updated',
        before: audited(before),
        after: audited(pool),
      });
      return reply(200, wirePool(pool), { version: pool.version });
    },
  }),
  change({
    id: 'deleteSenderPool',
    method: 'delete',
    path: '/v1/sender-pools/{name}',
    tag,
    summary: 'Deletes a pool that has no numbers any more',
    description: 'Not while a campaign that has not ended is sent from it.',
    access: 'admin',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'conflict', 'changed_meanwhile'],
    handle: async ({ ifMatch, params: { name } }, { tx, audit }) => {
      const pool = await locked(tx, name);
      checkVersion(pool, ifMatch);
      if (pool.senders > 0) {
        throw new Problem('conflict', `The pool has ${pool.senders} numbers: take them out first.`);
      }
      const users = await openCampaignsWithPool(tx, name);
      if (users.length > 0) {
        throw new Problem(
          'conflict',
          `Campaigns that have not ended use it: ${users.map((each) => `${each.name} (${each.status})`).join(', ')}.`,
        );
      }
      await deletePool(tx, name);
      const before = audited(pool);
      audit({ subject: 'sender-pool', subjectId: name, action: 'deleted', before, after: null });
      return reply(204, null);
    },
  }),
];
