import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { SETTLE_MESSAGES } from './record-outcomes.ts';

const MESSAGES = 8_000;
const ENDED = 200;
const PHONE = '+14155550101';
const now = new Date('2026-11-28T15:00:00.000Z');

describe('Recording outcomes when PostgreSQL has last looked while nothing was on its way', () => {
  let database: TestDatabase;
  let messages: string[];
  before(async () => {
    database = await createDatabase();
    const { adminPool: admin } = database;
    await admin.query('INSERT INTO phone (phone_number) VALUES ($1)', [PHONE]);
    const { rows } = await admin.query<{ message_id: string }>(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at)
       SELECT gen_random_uuid(), $1, n, 'bulk', 'transactional', '+14155550100', 'Good morning', gen_random_uuid(),
              gen_random_uuid(), now()
         FROM generate_series(1, $2) AS n
       RETURNING message_id`,
      [PHONE, MESSAGES],
    );
    messages = rows.slice(0, ENDED).map((row) => row.message_id);
    await admin.query('ANALYZE message');
  });
  after(() => database.drop());

  /** One for each that ended. */
  const each = <T>(value: T): T[] => Array.from({ length: ENDED }, () => value);

  it('compares no message with every outcome', async () => {
    const nothing = each(null);
    const { rows } = await database.adminPool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${SETTLE_MESSAGES}`, [
      ...[messages, each('sent'), nothing, nothing, each(true), each(0), now, each(1)],
    ]);
    assert.doesNotMatch(rows.map((row) => row['QUERY PLAN']).join('\n'), /Join Filter/);
  });
});
