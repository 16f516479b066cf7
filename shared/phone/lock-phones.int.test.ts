import assert from 'node:assert/strict';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { lockKnownPhones, lockPhones } from './lock-phones.ts';

const PHONES = Array.from({ length: 9 }, (_, i) => `+1415555010${i}`);
const MIDDLE = PHONES[4] ?? '';

/** Two ways in which PostgreSQL may find the same rows: in the order of the index, or in that of the table. */
const PLANS = {
  index: 'SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexscan = on',
  table:
    'SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_bitmapscan = off',
};

describe('The lock on phones', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = createPool({ ...database.configFor('gateway'), max: 4 }, () => undefined);
    // The table holds them from the last to the first.
    for (const phone of PHONES.toReversed()) {
      await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1)', [phone]);
    }
    await database.adminPool.query('ANALYZE phone');
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const waiting = async (): Promise<number> => {
    const { rows } = await database.adminPool.query<{ waiting: number }>(
      `SELECT count(DISTINCT pid)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]?.waiting ?? 0;
  };

  for (let round = 1; round <= 3; round += 1) {
    it(`is taken in the order of the numbers, however the rows are found: two claims never deadlock (${round})`, async () => {
      let claims: Promise<void>[] = [];
      // Both have what they meet first, and wait for the rest, when the row in the middle becomes free.
      await inTransaction(pool, async (tx) => {
        await lockKnownPhones(tx, [MIDDLE]);
        claims = [
          { plan: PLANS.index, phones: PHONES },
          { plan: PLANS.table, phones: PHONES.toReversed() },
        ].map(({ plan, phones }) =>
          inTransaction(pool, async (claim) => {
            await claim.query(plan);
            await lockKnownPhones(claim, phones);
          }),
        );
        await eventually(async () => assert.equal(await waiting(), 2));
      });
      assert.deepEqual(
        (await Promise.allSettled(claims)).map((end) => (end.status === 'rejected' ? end.reason : null)),
        [null, null],
      );
    });
  }

  it('makes rows that are missing in the same pass: it never holds a later one while it waits for an earlier one', async () => {
    const [known, missing] = ['+14155550150', '+14155550151'];
    await inTransaction(pool, (tx) => lockPhones(tx, [known]));
    let ends: Promise<unknown>[] = [];
    await inTransaction(pool, async (tx) => {
      await lockKnownPhones(tx, [known]);
      // Waits for the first row, and takes the second when it has it.
      const inOrder = inTransaction(pool, async (other) => {
        await lockKnownPhones(other, [known]);
        await lockPhones(other, [missing]);
      });
      await eventually(async () => assert.equal(await waiting(), 1));
      ends = [inOrder, inTransaction(pool, (other) => lockPhones(other, [missing, known, missing]))];
      await eventually(async () => assert.equal(await waiting(), 2));
    });
    assert.deepEqual(
      (await Promise.allSettled(ends)).map((end) => (end.status === 'rejected' ? end.reason : null)),
      [null, null],
    );
  });

  it('says which phones it has: only those that have a row', async () => {
    const locked = await inTransaction(pool, (tx) => lockKnownPhones(tx, [MIDDLE, '+14155550199']));
    assert.deepEqual(locked, [MIDDLE]);
  });

  it('waits for a row that somebody else is making, and holds it after', async () => {
    const made = '+14155550160';
    let second: Promise<string[]> | undefined;
    const order: string[] = [];
    await inTransaction(pool, async (tx) => {
      await lockPhones(tx, [made]);
      second = inTransaction(pool, async (other) => {
        await lockPhones(other, [made]);
        order.push('second');
        return order;
      });
      await eventually(async () => assert.equal(await waiting(), 1));
      order.push('first');
    });
    assert.deepEqual(await second, ['first', 'second']);
  });
});
