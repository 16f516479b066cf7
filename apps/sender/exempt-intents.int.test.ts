import assert from 'node:assert/strict';
import { exemptIntents, intents } from '#shared/compliance/touch.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';

/** The rule stands in shared/compliance/touch.ts. What the database has of it cannot be a parameter. */
describe('The intents that are exempt from what waits', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  /** The texts in an expression of SQL that name an intent. */
  const intentsIn = (expression: string): string[] =>
    [...expression.matchAll(/'([a-z_]+)'/g)]
      .map(([, word]) => word ?? '')
      .filter((word) => intents.some((intent) => intent === word))
      .sort();

  for (const index of ['message_exempt', 'message_once']) {
    it(`are those of the index ${index}`, async () => {
      const { rows } = await database.adminPool.query<{ predicate: string }>(
        'SELECT pg_get_expr(indpred, indrelid) AS predicate FROM pg_index WHERE indexrelid = $1::regclass',
        [index],
      );
      assert.deepEqual(intentsIn(rows[0]?.predicate ?? ''), [...exemptIntents].sort());
    });
  }

  it('are found by their index, although they are a parameter', async () => {
    const client = await database.adminPool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SET LOCAL enable_seqscan = off');
      // The other indexes that begin with the number lead there as well; this asks whether that one can be used.
      await client.query('DROP INDEX message_waiting_line');
      await client.query('ALTER TABLE message DROP CONSTRAINT message_phone_number_ordinal_key');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT FROM message
          WHERE phone_number = $1 AND intent = ANY ($2) AND state IN ('queued', 'held') ORDER BY ordinal LIMIT 1`,
        ['+14155550101', exemptIntents],
      );
      assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /message_exempt/);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
  });

  it('and all intents are those that a message may have', async () => {
    const { rows } = await database.adminPool.query<{ rule: string }>(
      `SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conname = 'message_intent_check'`,
    );
    assert.deepEqual(intentsIn(rows[0]?.rule ?? ''), [...intents].sort());
  });
});
