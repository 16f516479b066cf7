import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { firstOf, inWords } from '#shared/senders/campaign-senders.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { givenSender } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { nameOf } from '../identity/identity.ts';
import { poolOperations } from './pool-operations.ts';
import { haltSchema, newSenderSchema, senderChangeSchema, senderSchema, usualRate } from './schemas.ts';
import {
  deleteSender,
  haltSender,
  hasUnsent,
  insertSender,
  listSenders,
  lockPool,
  openCampaignsWithSender,
  readSender,
  type StoredSender,
  updateSender,
} from './store.ts';
import {
  addressOf,
  requireOneChannel,
  requireSameChannel,
  requireUnnamed,
  requireWhatsApp,
} from './whatsapp.ts';

const tag = 'Senders';
const params = z.strictObject({ senderNumber: givenSender });
const position = z.object({ senderNumber: z.string().max(40) });

const noSuchSender = (): Problem => new Problem('not_found', 'There is no such sender.');

interface SenderParts {
  clock: Clock;
  /** Carriers that are set up. */
  carriers: readonly CarrierName[];
}

/** Why nothing goes from numbers of a carrier. */
const notSetUp = (carrier: CarrierName, carriers: readonly CarrierName[]): string =>
  `${inWords([carrier])} is not set up here (CARRIERS has ${carriers.join(',')}): nothing goes from its numbers.`;

const wireSender = (
  { version: _, ...sender }: StoredSender,
  { carriers }: Pick<SenderParts, 'carriers'>,
): z.input<typeof senderSchema> => ({
  ...sender,
  health: sender.haltedAt === null ? 'ok' : 'halted',
  isCarrierSetUp: carriers.includes(sender.carrier),
  warnings: carriers.includes(sender.carrier) ? [] : [notSetUp(sender.carrier, carriers)],
  haltedAt: sender.haltedAt?.toISOString() ?? null,
  createdAt: sender.createdAt.toISOString(),
  updatedAt: sender.updatedAt.toISOString(),
});

const audited = (sender: StoredSender) => ({
  type: sender.type,
  registration: sender.registration,
  segmentsPerSecond: sender.segmentsPerSecond,
  segmentsPerDay: sender.segmentsPerDay,
  pool: sender.pool,
  programme: sender.programme,
  haltedReason: sender.haltedReason,
});

/** Numbers that are sent from, and pools of them. */
export const senderOperations = (parts: SenderParts): readonly Operation[] => [
  ...reads(parts),
  ...changes(parts),
  ...halts(parts),
  ...poolOperations(parts),
];

const reads = ({ carriers, clock }: SenderParts): readonly Operation[] => [
  read({
    id: 'listSenders',
    path: '/v1/senders',
    tag,
    summary: 'Lists the numbers that are sent from, in their order',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      pool: storableText.pipe(z.string().max(50)).optional().meta({ description: 'Of this pool alone' }),
    }),
    replies: { 200: { description: 'A page of them', body: pageOf(senderSchema, 'SenderPage') } },
    handle: async ({ query }, db) => {
      const rows = await listSenders(db, {
        after: decodeCursor(position, query.cursor)?.senderNumber ?? null,
        pool: query.pool ?? null,
        limit: query.limit + 1,
        now: clock.now(),
      });
      return reply(
        200,
        page(rows, query.limit, {
          item: (row) => wireSender(row, { carriers }),
          positionOf: ({ senderNumber }) => ({ senderNumber }),
        }),
      );
    },
  }),
  read({
    id: 'getSender',
    path: '/v1/senders/{senderNumber}',
    tag,
    summary: 'Gets a number that is sent from',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The number', body: senderSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { senderNumber } }, db) => {
      const sender = await readSender(db, senderNumber, clock.now());
      if (sender === null) throw noSuchSender();
      return reply(200, wireSender(sender, { carriers }), { version: sender.version });
    },
  }),
];

/** Who names a pool that there is not is told so; one that is named is not deleted meanwhile. */
async function requirePool(
  tx: Transaction,
  pool: string | null,
  purpose: 'use' | 'change' = 'use',
): Promise<void> {
  if (pool === null || (await lockPool(tx, pool, purpose))) return;
  throw new Problem('conflict', `There is no pool ${pool}: make it first.`);
}

const stored = async (tx: Transaction, senderNumber: string, now: Date): Promise<StoredSender> => {
  const sender = await readSender(tx, senderNumber, now);
  if (sender === null) throw new Error('a sender that was written has no row');
  return sender;
};

const changes = ({ carriers, clock }: SenderParts): readonly Operation[] => [
  change({
    id: 'createSender',
    method: 'post',
    path: '/v1/senders',
    tag,
    summary: 'Makes a number known that is sent from, with what it may send',
    description:
      'From then on nothing leaves faster from it. A number that is not known here is limited by the account alone. One at a carrier that is not set up is refused: nothing would go from it.',
    access: 'admin',
    body: newSenderSchema,
    replies: { 201: { description: 'The number', body: senderSchema, versioned: true } },
    problems: ['conflict'],
    handle: async ({ body }, { tx, audit }) => {
      const now = clock.now();
      const carrier = body.carrier ?? firstOf(carriers);
      if (!carriers.includes(carrier)) {
        throw new Problem(
          'invalid_request',
          `The number cannot be made known: ${notSetUp(carrier, carriers)}`,
          {
            faults: [{ in: 'body', pointer: '/carrier', detail: `must be one of ${carriers.join(', ')}` }],
          },
        );
      }
      requireWhatsApp(carrier, body.type);
      const senderNumber = addressOf(body.senderNumber, body.type);
      await requirePool(tx, body.pool, 'change');
      await requireOneChannel(tx, body.pool, senderNumber);
      const segmentsPerSecond = body.segmentsPerSecond ?? usualRate[body.type];
      if (!(await insertSender(tx, { ...body, senderNumber, carrier, segmentsPerSecond }, now))) {
        throw new Problem('conflict', 'This number is known already: change it instead.');
      }
      const sender = await stored(tx, senderNumber, now);
      const after = audited(sender);
      audit({ subject: 'sender', subjectId: sender.senderNumber, action: 'created', before: null, after });
      return reply(201, wireSender(sender, { carriers }), { version: sender.version });
    },
  }),
  change({
    id: 'updateSender',
    method: 'patch',
    path: '/v1/senders/{senderNumber}',
    tag,
    summary: 'Changes what a number may send, or its pool',
    description:
      'Whoever was written to from it is, as long as it stays in its pool, and from another one of it after that. One whose carrier is not set up any more joins no pool; all else of it is changed, with a warning.',
    access: 'admin',
    requiresVersion: true,
    params,
    body: senderChangeSchema,
    replies: { 200: { description: 'The number as it is now', body: senderSchema, versioned: true } },
    problems: ['not_found', 'conflict'],
    handle: async ({ body, ifMatch, params: { senderNumber } }, { tx, audit }) => {
      const now = clock.now();
      const before = await readSender(tx, senderNumber, now, { lock: true });
      if (before === null) throw noSuchSender();
      checkVersion(before, ifMatch);
      requireSameChannel(before.type, body.type ?? before.type);
      const joins = body.pool != null && body.pool !== before.pool;
      if (body.pool !== undefined) await requirePool(tx, body.pool, joins ? 'change' : 'use');
      if (joins) await requireOneChannel(tx, body.pool ?? null, senderNumber);
      if (joins && !carriers.includes(before.carrier)) {
        throw new Problem('conflict', `It cannot join a pool: ${notSetUp(before.carrier, carriers)}`);
      }
      await updateSender(
        tx,
        {
          senderNumber,
          type: body.type ?? before.type,
          registration: body.registration ?? before.registration,
          segmentsPerSecond: body.segmentsPerSecond ?? before.segmentsPerSecond,
          segmentsPerDay: body.segmentsPerDay === undefined ? before.segmentsPerDay : body.segmentsPerDay,
          pool: body.pool === undefined ? before.pool : body.pool,
          programme: body.programme === undefined ? before.programme : body.programme,
        },
        now,
      );
      const sender = await stored(tx, senderNumber, now);
      audit({
        subject: 'sender',
        subjectId: senderNumber,
        action: 'updated',
        before: audited(before),
        after: audited(sender),
      });
      return reply(200, wireSender(sender, { carriers }), { version: sender.version });
    },
  }),
  change({
    id: 'deleteSender',
    method: 'delete',
    path: '/v1/senders/{senderNumber}',
    tag,
    summary: 'Forgets a number',
    description:
      'Whoever was written to from it is written to from another one of the pool. Not while it is halted, planned messages wait to go from it, or a campaign that has not ended names it: they would go, limited by the account alone. One on WhatsApp neither while answers wait, or a programme names it.',
    access: 'admin',
    params,
    replies: { 204: { description: 'It is gone', body: null } },
    problems: ['not_found', 'changed_meanwhile', 'conflict'],
    handle: async ({ ifMatch, params: { senderNumber } }, { tx, audit }) => {
      const sender = await readSender(tx, senderNumber, clock.now(), { lock: true });
      if (sender === null) throw noSuchSender();
      checkVersion(sender, ifMatch);
      if (sender.haltedAt !== null) {
        throw new Problem(
          'conflict',
          'The number is halted, and what waits for it would go. Resume it first.',
        );
      }
      const users = await openCampaignsWithSender(tx, senderNumber);
      if (users.length > 0) {
        const names = users.map((each) => `${each.name} (${each.status})`).join(', ');
        throw new Problem(
          'conflict',
          `Campaigns that have not ended name it: ${names}. Stop them, or wait until they have ended.`,
        );
      }
      await requireUnnamed(tx, senderNumber);
      if (await hasUnsent(tx, senderNumber)) {
        throw new Problem(
          'conflict',
          'Messages wait to go from it. Take it out of its pool, and delete it when they have gone.',
        );
      }
      await deleteSender(tx, senderNumber);
      const before = audited(sender);
      audit({ subject: 'sender', subjectId: senderNumber, action: 'deleted', before, after: null });
      return reply(204, null);
    },
  }),
];

const halts = ({ carriers, clock }: SenderParts): readonly Operation[] => [
  change({
    id: 'haltSender',
    method: 'post',
    path: '/v1/senders/{senderNumber}/halt',
    tag,
    summary: 'Halts a number: nothing planned goes from it',
    description:
      'What would have gone from it goes from others of its pool, or waits. Answers to people who write to it go. Told again it changes nothing.',
    access: 'operator',
    params,
    body: haltSchema,
    replies: { 200: { description: 'The number as it is now', body: senderSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ body, identity, params: { senderNumber } }, { tx, audit }) => {
      const now = clock.now();
      const before = await readSender(tx, senderNumber, now, { lock: true });
      if (before === null) throw noSuchSender();
      const isNew = before.haltedAt === null;
      if (isNew) await haltSender(tx, senderNumber, { reason: body.reason, by: nameOf(identity) }, now);
      const sender = await stored(tx, senderNumber, now);
      audit({
        subject: 'sender',
        subjectId: senderNumber,
        action: isNew ? 'halted' : 'unchanged',
        before: { haltedReason: before.haltedReason },
        after: { haltedReason: sender.haltedReason },
      });
      return reply(200, wireSender(sender, { carriers }), { version: sender.version });
    },
  }),
  change({
    id: 'resumeSender',
    method: 'post',
    path: '/v1/senders/{senderNumber}/resume',
    tag,
    summary: 'Lets a halted number go on; what its breaker counts begins anew',
    description: 'What waits for it goes within some minutes. Told again it changes nothing.',
    access: 'operator',
    params,
    replies: { 200: { description: 'The number as it is now', body: senderSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { senderNumber } }, { tx, audit }) => {
      const now = clock.now();
      const before = await readSender(tx, senderNumber, now, { lock: true });
      if (before === null) throw noSuchSender();
      const isHalted = before.haltedAt !== null;
      if (isHalted) await haltSender(tx, senderNumber, null, now);
      const sender = await stored(tx, senderNumber, now);
      audit({
        subject: 'sender',
        subjectId: senderNumber,
        action: isHalted ? 'resumed' : 'unchanged',
        before: { haltedReason: before.haltedReason },
        after: { haltedReason: null },
      });
      return reply(200, wireSender(sender, { carriers }), { version: sender.version });
    },
  }),
];
