import assert from 'node:assert/strict';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { BEAT_MS, beatTask, endTask, FRESH_MS, LOST_MS } from './tasks.ts';

describe('The tasks that send', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('sender'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() => emptyTables(database.adminPool, 'sender_task'));

  const age = (task: string, ms: number) =>
    database.adminPool.query(
      `UPDATE sender_task SET seen_at = clock_timestamp() - $2 * interval '1 millisecond' WHERE task = $1`,
      [task, ms],
    );

  it('know each other, and whether one of them does not reach Redis', async () => {
    assert.deepEqual(await beatTask(pool, 'a', false), { tasks: 1, someAlone: false });
    assert.deepEqual(await beatTask(pool, 'b', true), { tasks: 2, someAlone: true });
    assert.deepEqual(await beatTask(pool, 'a', false), { tasks: 2, someAlone: true });
    assert.deepEqual(await beatTask(pool, 'b', false), { tasks: 2, someAlone: false });
  });

  it('count whoever may still live, and forget who is gone', async () => {
    await beatTask(pool, 'a', false);
    await beatTask(pool, 'b', true);
    await age('b', LOST_MS - 1_000);
    assert.deepEqual(await beatTask(pool, 'a', false), { tasks: 2, someAlone: true });
    await age('b', LOST_MS + 100);
    assert.deepEqual(await beatTask(pool, 'a', false), { tasks: 1, someAlone: false });
    await age('b', 7 * LOST_MS);
    await beatTask(pool, 'a', false);
    await beatTask(pool, 'c', false);
    await endTask(pool, 'c');
    const { rows } = await database.adminPool.query('SELECT task FROM sender_task');
    assert.deepEqual(rows, [{ task: 'a' }]);
  });

  it('are taken for gone only long after they would have stopped sending by themselves', () => {
    assert.ok(FRESH_MS + BEAT_MS < LOST_MS && FRESH_MS > 2 * BEAT_MS);
  });
});
