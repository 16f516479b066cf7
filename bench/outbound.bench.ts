import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { type MessagesOfBatch, writeMessages } from '#shared/messages/write.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase } from '../test/stack/stack.ts';
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
 * What outbound costs PostgreSQL for each message that it writes: 500 a transaction, one connection, with its grants.
 * Planned messages that may go, with and without the gate; answers, with and without (it does not look at them); and
 * planned ones at night, all of which are held.
 * Gate: each message is written once, in the state that it is to have.
 *
 *   node bench/outbound.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const MESSAGES = quick ? 5_000 : 20_000;
const AT_ONCE = 500;
const REPETITIONS = quick ? 3 : 7;
/** In San Francisco. */
const NOON = new Date('2026-03-04T20:00:00.000Z');
const NIGHT = new Date('2026-03-05T08:00:00.000Z');
const OURS = phoneNumber('+14155550100');

const phones = Array.from({ length: MESSAGES }, (_, i) => phoneNumber(`+1415${5_550_000 + i}`));
const work = (kind: 'reply' | 'planned', now: Date): MessagesOfBatch[] =>
  phones.map((phone) => ({
    batchId: randomUUID(),
    phoneNumber: phone,
    causedAt: kind === 'reply' ? now : null,
    timeZone: null,
    isTimeZoneNew: false,
    messages: [
      {
        messageId: randomUUID(),
        lane: kind === 'reply' ? 'replies' : 'bulk',
        intent: kind === 'reply' ? 'reply' : 'transactional',
        senderNumber: OURS,
        body: "Good morning! Today's lesson takes two minutes. Reply A, B or C.",
        mediaUrls: [],
        causeId: randomUUID(),
      },
    ],
  }));

const stack = await startBenchStack();
const database = await createDatabase();
const pool = createPool({ ...database.configFor('outbound'), max: 1 }, () => undefined);

async function seed(): Promise<void> {
  const admin = database.adminPool;
  await admin.query('TRUNCATE phone, message, attempt, consent_standing, decision, decision_inputs');
  await admin.query('INSERT INTO phone (phone_number) SELECT unnest($1::text[])', [phones]);
  await admin.query(
    `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
     SELECT unnest($1::text[]), 'sender', 'opted_in',
            '[{"changeId": "", "granted": ["informational"], "givenAt": "2026-01-01T00:00:00.000Z"}]',
            gen_random_uuid(), '2026-01-01'`,
    [phones],
  );
  await admin.query('ANALYZE phone, message, consent_standing');
}

const contender = (
  name: string,
  kind: 'reply' | 'planned',
  isGated: boolean,
  now: Date,
  state: 'queued' | 'held',
): Contender & { atLeast: null } => ({
  name,
  atLeast: null,
  run: async () => {
    await seed();
    const all = work(kind, now);
    const gate = isGated ? { config: defaultGateConfig, pseudonyms: testPseudonyms } : null;
    const begunAt = performance.now();
    let turns = 0;
    for (let at = 0; at < all.length; at += AT_ONCE) {
      turns += await inTransaction(
        pool,
        async (tx) => (await writeMessages(tx, all.slice(at, at + AT_ONCE), now, gate)).length,
      );
    }
    const rate = MESSAGES / ((performance.now() - begunAt) / 1_000);
    const { rows } = await database.adminPool.query(
      `SELECT state, count(*)::int AS count, count(DISTINCT phone_number)::int AS phones FROM message GROUP BY state`,
    );
    assert.deepEqual(rows, [{ state, count: MESSAGES, phones: MESSAGES }]);
    assert.equal(turns, state === 'queued' ? MESSAGES : 0);
    return rate;
  },
});

try {
  const result = await compare({
    unit: 'messages',
    ours: contender('ours: planned, may go', 'planned', true, NOON, 'queued'),
    others: [
      contender('planned, without the gate', 'planned', false, NOON, 'queued'),
      contender('planned, held', 'planned', true, NIGHT, 'held'),
      contender('answers', 'reply', true, NOON, 'queued'),
      contender('answers, without the gate', 'reply', false, NOON, 'queued'),
    ],
    repetitions: REPETITIONS,
  });
  await publish(
    {
      benchmark: 'outbound',
      config: { messages: MESSAGES, atOnce: AT_ONCE, repetitions: REPETITIONS, postgres: POSTGRES },
      tables: [tableOf(result)],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await pool.end();
  await database.drop();
  await stack.stop();
}
