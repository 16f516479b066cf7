import assert from 'node:assert/strict';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase } from '#test/stack/stack.ts';
import {
  applyBatch,
  batchAbout,
  inboundText,
  insertSent,
  OURS,
  testConsumers,
  wrongConversations,
} from '../apps/inbox/test-inbox.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * What people text, kept with whose it is and which campaign it answers, and what the dialog made of it: in sets on one connection, against
 * one transaction for each text on one connection and on eight, each of which has the texts of an eighth of the people.
 *
 *   node bench/inbox.bench.ts [--quick] [--json FILE]
 *
 * Both run the same consumers, which a text passes twice: as a command and as a batch of events. Every number is a contact's,
 * was texted by a campaign, and texts twice. Gate: every text once, on its contact and its campaign; counts equal rows.
 */
const { quick, json } = benchmarkArguments();
const PEOPLE = quick ? 1_000 : 5_000;
/** One text per transaction is slow: fewer texts give the same rate. */
const SINGLE = quick ? 200 : 1_000;
const REPETITIONS = quick ? 3 : 5;
const BATCH = 500;
const CAMPAIGN = '018f0000-0000-7000-8000-00000000000c';
const NOW = new Date('2026-11-26T12:00:00Z');

const stack = await startBenchStack();
const database = await createDatabase();
const admin = database.adminPool;
const poolOf = (max: number): Pool => createPool({ ...database.configFor('inbox'), max }, () => undefined);
const pool = poolOf(1);
/** As many as services have that write one text at a time. */
const CONNECTIONS = 8;
const manyPool = poolOf(CONNECTIONS);
const { dialog, texts } = testConsumers(new ManualClock(NOW));

/** Numbers that nobody has: 555-01xx of as many area codes as it takes. */
const phoneOf = (n: number): string =>
  `+1${200 + Math.floor(n / 100)}555${String(100 + (n % 100)).padStart(4, '0')}`;
const phones = Array.from({ length: PEOPLE }, (_, n) => phoneOf(n));

async function prepare(): Promise<void> {
  await admin.query(
    `TRUNCATE reply, reply_verdict, conversation, message, attempt, contact, campaign_contact, campaign_count, event_position
     CASCADE`,
  );
  await admin.query(
    `WITH made AS (
       INSERT INTO contact (contact_id, phone_number, created_at, updated_at)
       SELECT gen_random_uuid(), phone, now(), now() FROM unnest($1::text[]) AS phone RETURNING contact_id, phone_number)
     INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, state)
     SELECT $2, contact_id, phone_number, 'sent' FROM made`,
    [phones, CAMPAIGN],
  );
  const at = new Date(NOW.getTime() - 3_600_000);
  await insertSent(
    admin,
    phones.map((phone) => ({ phone, ours: OURS, campaignId: CAMPAIGN, at, state: 'sent' })),
  );
  await admin.query('ANALYZE');
  await admin.query('CHECKPOINT');
}

const said = (people: number) =>
  [1, 2].flatMap((turn) =>
    phones.slice(0, people).map((from, n) => ({
      turn,
      text: inboundText(turn * 1_000_000 + n, NOW, { from, body: 'Tomorrow at three, please.' }),
    })),
  );

async function check(people: number): Promise<void> {
  const { rows } = await admin.query(
    `SELECT count(*)::int AS texts, count(contact_id)::int AS known, count(campaign_id)::int AS matched,
            (SELECT sum(value)::int FROM campaign_count WHERE measure = 'replied') AS replied,
            (SELECT sum(waiting)::int FROM conversation) AS waiting
       FROM reply`,
  );
  const all = 2 * people;
  assert.deepEqual(rows, [{ texts: all, known: all, matched: all, replied: people, waiting: all }]);
  assert.deepEqual(await wrongConversations(admin), []);
}

/** Both consumers, one batch after the other. */
async function hear(db: Pool, all: ReturnType<typeof said>, size: number): Promise<void> {
  for (let i = 0; i < all.length; i += size) {
    const part = all.slice(i, i + size);
    await applyBatch(
      db,
      texts,
      part.map(({ text }) => text),
    );
    await applyBatch(
      db,
      dialog,
      part.map(({ text, turn }) => batchAbout(text, turn, 'people')),
    );
  }
}

const contender = (
  name: string,
  people: number,
  work: (all: ReturnType<typeof said>) => Promise<unknown>,
): Contender => ({
  name,
  run: async () => {
    await prepare();
    const all = said(people);
    const began = performance.now();
    await work(all);
    const seconds = (performance.now() - began) / 1_000;
    await check(people);
    return all.length / seconds;
  },
});

/** A connection's share: whoever writes twice is heard in order. */
const shares = (all: ReturnType<typeof said>): ReturnType<typeof said>[] => {
  const laneOf = new Map<string, number>(phones.map((phone, n) => [phone, n % CONNECTIONS]));
  const lanes = Map.groupBy(all, ({ text }) => laneOf.get(text.phoneNumber) ?? 0);
  return [...lanes.values()];
};

try {
  const comparison = await compare({
    unit: 'texts',
    ours: contender(`ours: ${BATCH} a transaction`, PEOPLE, (all) => hear(pool, all, BATCH)),
    others: [
      { ...contender('a transaction for each', SINGLE, (all) => hear(pool, all, 1)), atLeast: 8 },
      {
        ...contender(`the same on ${CONNECTIONS} connections`, SINGLE, (all) =>
          Promise.all(shares(all).map((share) => hear(manyPool, share, 1))),
        ),
        atLeast: null,
      },
    ],
    repetitions: REPETITIONS,
  });
  await publish(
    {
      benchmark: 'inbox',
      config: { people: PEOPLE, texts: 2 * PEOPLE, connections: 1, postgres: POSTGRES },
      tables: [tableOf(comparison)],
      aims: aimsOf(comparison),
    },
    json,
  );
} finally {
  await Promise.all([pool.end(), manyPool.end()]);
  await database.drop();
  await stack.stop();
}
