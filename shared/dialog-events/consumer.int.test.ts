import assert from 'node:assert/strict';
import type { StreamRecord } from '#shared/kinesis/definition.ts';
import { type BatchResult, processBatch } from '#shared/kinesis/process-batch.ts';
import { registerShards, takeLeases } from '#shared/leases/store.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { dialogEventConsumer } from './consumer.ts';
import { sampleBatch } from './sample-batch.ts';

const ANA = '+14155550101';
const BO = '+14155550102';
const scope = { consumer: 'outbound', source: 'dialog-events' };
describe('A consumer of dialog events, with records set aside', () => {
  let database: TestDatabase;
  let pool: Pool;
  let sequence: number;
  /** Batches that break whatever transaction they are in, as "phone version"; too large where it is "large". */
  let poison: Map<string, 'breaks' | 'large'>;
  let results: BatchResult[];

  const definition = dialogEventConsumer('outbound', testPseudonyms, async (tx, batches) => {
    const keys = batches.map(({ phoneNumber, version }) => `${phoneNumber} ${version}`);
    await tx.query(
      `INSERT INTO effect SELECT key, 100 / (CASE WHEN breaks THEN 0 ELSE 1 END)
         FROM unnest($1::text[], $2::boolean[]) AS effect(key, breaks)`,
      [keys, keys.map((key) => poison.get(key) === 'breaks')],
    );
    return {
      entries: keys.map((key) => ({
        kind: 'stream' as const,
        target: 'dialog-commands' as const,
        orderingKey: key,
        body: poison.get(key) === 'large' ? 'x'.repeat(1_100_000) : key,
      })),
    };
  });

  before(async () => {
    database = await createDatabase();
    await database.adminPool.query('CREATE TABLE effect (key text PRIMARY KEY, quotient int)');
    await database.adminPool.query('GRANT INSERT ON effect TO carillon_outbound');
    pool = createPool(database.configFor('outbound'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await database.adminPool.query(
      'TRUNCATE effect, lease, outbox, event_position, quarantined_record RESTART IDENTITY',
    );
    [sequence, poison, results] = [100, new Map(), []];
    await registerShards(pool, scope, [{ shard: 'shard-0', parents: [] }]);
    await takeLeases(pool, scope, 'worker', 10_000);
  });

  const recordOf = (phone: string, version: number): StreamRecord => {
    sequence += 1;
    return {
      sequenceNumber: String(sequence),
      partitionKey: phone,
      body: JSON.stringify(sampleBatch(phone, version)),
      arrivedAt: new Date(0),
    };
  };
  /** As the stream brings them, in one batch. */
  const read = (...batches: readonly [string, number][]): Promise<void> =>
    processBatch(
      { pool, definition, scope, worker: 'worker', lease: { shard: 'shard-0', epoch: 1 } },
      batches.map((batch) => recordOf(...batch)),
      [],
      (result) => results.push(result),
    );
  const applied = async (phone: string): Promise<number[]> => {
    const { rows } = await database.adminPool.query<{ version: number }>(
      `SELECT split_part(key, ' ', 2)::bigint AS version FROM effect WHERE key LIKE $1 || ' %' ORDER BY 1`,
      [phone],
    );
    return rows.map(({ version }) => version);
  };
  const aside = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ partition_key: string; body: string; state: string }>(
      'SELECT partition_key, body, state FROM quarantined_record ORDER BY id',
    );
    return rows.map((row) => `${row.partition_key} ${/"version":(\d+)/.exec(row.body)?.[1]} ${row.state}`);
  };

  it('follows with what is parked, in order, when the missing batch comes again', async () => {
    await read([ANA, 1], [ANA, 3], [BO, 1], [ANA, 4]);
    assert.deepEqual(await aside(), [`${ANA} 3 parked`, `${ANA} 4 parked`]);
    await read([ANA, 2]);
    assert.deepEqual(await applied(ANA), [1, 2, 3, 4]);
    assert.deepEqual(await aside(), [`${ANA} 3 redriven`, `${ANA} 4 redriven`]);
  });

  for (const kind of ['breaks', 'large'] as const) {
    it(`does not blame a batch that comes again for a parked one behind it that ${kind === 'breaks' ? 'breaks' : 'is too large'}`, async () => {
      await read([ANA, 1], [ANA, 3], [ANA, 4]);
      poison.set(`${ANA} 3`, kind);
      await read([ANA, 2]);
      assert.deepEqual(await applied(ANA), [1, 2]);
      assert.deepEqual(await aside(), [`${ANA} 3 quarantined`, `${ANA} 4 parked`]);
      const said = results.at(-1)?.setAside.map(({ state, version }) => [state, version]);
      assert.deepEqual(said, [['quarantined', 3]]);
      poison.clear();
      await read([ANA, 3]);
      assert.deepEqual(await applied(ANA), [1, 2, 3, 4]);
    });
  }

  it('does not blame it for a parked one that does not parse any more', async () => {
    await read([ANA, 1], [ANA, 3]);
    await database.adminPool.query(
      `UPDATE quarantined_record SET body = replace(body, 'NEXT_DRILL_REQUESTED', 'UNHEARD_OF') WHERE version = 3`,
    );
    await read([ANA, 2]);
    assert.deepEqual(await applied(ANA), [1, 2]);
    assert.deepEqual(await aside(), [`${ANA} 3 quarantined`]);
  });

  it('parks what comes with the stream behind a parked one that is at fault, and lets other phones go on', async () => {
    await read([ANA, 1], [ANA, 3]);
    poison.set(`${ANA} 3`, 'breaks');
    await read([ANA, 2], [BO, 1], [ANA, 4], [BO, 2]);
    assert.deepEqual(
      [await applied(ANA), await applied(BO)],
      [
        [1, 2],
        [1, 2],
      ],
    );
    assert.deepEqual(await aside(), [`${ANA} 3 quarantined`, `${ANA} 4 parked`]);
  });

  it('blames a record of the stream that is at fault, and brings along what another had parked', async () => {
    await read([ANA, 1], [ANA, 3]);
    poison.set(`${BO} 1`, 'breaks');
    await read([ANA, 2], [BO, 1], [BO, 2]);
    assert.deepEqual([await applied(ANA), await applied(BO)], [[1, 2, 3], []]);
    assert.deepEqual(await aside(), [`${ANA} 3 redriven`, `${BO} 1 quarantined`, `${BO} 2 parked`]);
  });

  it('gives entries of everything that was applied, in order, and of nothing else', async () => {
    await read([ANA, 1], [ANA, 3], [ANA, 4]);
    poison.set(`${ANA} 4`, 'breaks');
    results = [];
    await read([ANA, 2]);
    const keys = results.flatMap(({ rows }) => rows.map(({ entry }) => entry.orderingKey));
    assert.deepEqual(keys, [`${ANA} 2`, `${ANA} 3`]);
  });
});
