import assert from 'node:assert/strict';
import { createPool } from '#shared/postgres/pool.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { forgetReplies } from './forget-replies.ts';
import { REPLY_DAYS } from './stored-reply.ts';

describe('Replies under idempotency keys', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  it('are kept for their days and forgotten after, a limited number at once', async () => {
    const now = new Date('2026-11-26T12:00:00Z');
    const kept = new Date(now.getTime() - REPLY_DAYS * 86_400_000);
    const pool = database.adminPool;
    await pool.query(
      `INSERT INTO api_reply (actor_id, idempotency_key, request_hash, created_at)
       SELECT 'key a', 'old-' || n, '', $1::timestamptz - interval '1 ms' FROM generate_series(1, 1500) AS n`,
      [kept],
    );
    await pool.query("INSERT INTO api_reply VALUES ('key a', 'kept', '', NULL, $1)", [kept]);
    const own = createPool({ ...database.configFor('api'), max: 1 }, () => undefined);
    assert.deepEqual([await forgetReplies(own, now), await forgetReplies(own, now)], [1000, 500]);
    await own.end();
    const { rows } = await pool.query('SELECT idempotency_key FROM api_reply');
    assert.deepEqual(rows, [{ idempotency_key: 'kept' }]);
  });
});
