import assert from 'node:assert/strict';
import type { Pool } from 'pg';
import { createPool } from '#shared/postgres/pool.ts';
import { type ServiceName, services, streamConsumers } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';

/** A table that all consumers share: which column says whose a row is, and what a row of somebody is like. */
interface Shared {
  column: 'producer' | 'consumer';
  insert: string;
  /** What changes of a row, where anything may. */
  set: string;
}

const sharedTables: Readonly<Record<string, Shared>> = {
  outbox: {
    column: 'producer',
    insert: `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body) VALUES ($1, '00', 'queue', 't', 'k', '{}')`,
    set: `body = '[]'`,
  },
  lease: {
    column: 'consumer',
    insert: `INSERT INTO lease (consumer, source, shard) VALUES ($1, 'outbox', '00')`,
    set: 'epoch = epoch + 1',
  },
  lease_worker: {
    column: 'consumer',
    insert: `INSERT INTO lease_worker (consumer, source, worker) VALUES ($1, 'outbox', 'w')`,
    set: `renewed_at = '2026-01-01'`,
  },
  quarantined_record: {
    column: 'consumer',
    insert: `INSERT INTO quarantined_record (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
             VALUES ($1, 's', '-', '1', 'k', 'parked', 'r', '{}', now())`,
    set: `state = 'discarded'`,
  },
  event_position: {
    column: 'consumer',
    insert: `INSERT INTO event_position (consumer, phone_number, version) VALUES ($1, '+14155550100', 1)`,
    set: 'version = version + 1',
  },
};

const names = Object.keys(services) as ServiceName[];
/** Under which names a service keeps rows: its own, and those of the streams that it consumes. */
const actsAs = (service: ServiceName): string[] => [
  service,
  ...streamConsumers.filter((each) => each.service === service).map(({ consumer }) => consumer),
];
const everybody = [...new Set(names.flatMap(actsAs))].sort();
/** Of others, by the api: what its pages show, and what it settles for people. */
const API_SEES = new Set(['outbox', 'lease', 'quarantined_record', 'event_position']);
const API_CHANGES = new Set(['quarantined_record', 'event_position']);

describe('Rows of tables that all services share', function () {
  this.timeout(60_000);
  let database: TestDatabase;

  before(async () => {
    database = await createDatabase();
  });
  beforeEach(async () => {
    for (const [table, { insert }] of Object.entries(sharedTables)) {
      await database.adminPool.query(`TRUNCATE ${table}`);
      for (const owner of everybody) await database.adminPool.query(insert, [owner]);
    }
  });
  after(() => database.drop());

  it('are named after the service whose they are', () => {
    for (const service of names) {
      assert.match(service, /^[a-z]+$/);
      for (const name of actsAs(service)) assert.equal(name.split('-')[0], service);
    }
  });

  it('are divided in every table that more than one service may write to and that names a consumer or producer', async () => {
    const { rows } = await database.adminPool.query<{ table_name: string }>(
      `SELECT DISTINCT table_name FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name IN ('consumer', 'producer') ORDER BY table_name`,
    );
    assert.deepEqual(
      rows.map(({ table_name }) => table_name),
      Object.keys(sharedTables).sort(),
    );
  });

  const may = (service: ServiceName, table: string, privilege: string): boolean => {
    const tables: Readonly<Record<string, readonly string[]>> = services[service].tables;
    return tables[table]?.includes(privilege) ?? false;
  };

  /** Whose rows a statement reaches; it is undone. */
  async function reached(pool: Pool, statement: string): Promise<string[]> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ owner: string }>(statement);
      return rows.map(({ owner }) => owner).sort();
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  for (const service of names) {
    it(`are, for ${service}, its own`, async () => {
      const pool = createPool({ ...database.configFor(service), max: 1 }, () => undefined);
      const own = [...new Set(actsAs(service))].sort();
      const isApi = service === 'api';
      try {
        for (const [table, { column, insert, set }] of Object.entries(sharedTables)) {
          const expected = (ofOthers: boolean): string[] => (ofOthers ? everybody : own);
          if (may(service, table, 'select')) {
            assert.deepEqual(
              await reached(pool, `SELECT ${column} AS owner FROM ${table}`),
              expected(isApi && API_SEES.has(table)),
              `selects from ${table}`,
            );
          }
          if (may(service, table, 'delete')) {
            assert.deepEqual(
              await reached(pool, `DELETE FROM ${table} RETURNING ${column} AS owner`),
              own,
              `deletes from ${table}`,
            );
          }
          const changesAll = isApi && API_CHANGES.has(table);
          if (may(service, table, 'update')) {
            const change = (whose: string) =>
              reached(pool, `UPDATE ${table} SET ${set} WHERE ${whose} RETURNING ${column} AS owner`);
            const ours = `split_part(${column}, '-', 1) = '${service}'`;
            assert.deepEqual(await change(ours), own, `changes ${table}`);
            const others = change(`NOT ${ours}`);
            if (changesAll) assert.equal((await others).length, everybody.length - own.length);
            // It may lock leases of others, and is refused when it changes one.
            else if (isApi && table === 'lease') await assert.rejects(others, { code: '42501' });
            else assert.deepEqual(await others, [], `changes ${table} of others`);
          }
          if (may(service, table, 'insert') && !changesAll) {
            for (const other of everybody.filter((each) => !own.includes(each))) {
              await assert.rejects(pool.query(insert, [other]), { code: '42501' }, `${table} as ${other}`);
            }
          }
        }
      } finally {
        await pool.end();
      }
    });
  }
});
