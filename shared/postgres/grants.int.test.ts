import assert from 'node:assert/strict';
import { type Privilege, type ServiceName, type ServiceRow, services } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { applyGrants, roleOf } from './grants.ts';
import { createPool, type Pool } from './pool.ts';

/** Everything that PostgreSQL can grant on a table; services get only the first four. */
const PRIVILEGES = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'TRUNCATE',
  'REFERENCES',
  'TRIGGER',
  'MAINTAIN',
] as const;

const rows: [ServiceName, ServiceRow][] = Object.entries(services) as [ServiceName, ServiceRow][];

describe('Database roles of services', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const tables = async (): Promise<string[]> => {
    const { rows: found } = await database.adminPool.query<{ relname: string }>(
      "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace",
    );
    return found.map(({ relname }) => relname);
  };

  /** "service: PRIVILEGE table" of everything that PostgreSQL says is allowed. */
  const allowed = async (service: ServiceName): Promise<string[]> => {
    const { rows: found } = await database.adminPool.query<{ grant: string }>(
      `SELECT privilege || ' ' || relname AS grant
         FROM unnest($2::text[]) AS relname, unnest($3::text[]) AS privilege
        WHERE has_table_privilege($1, format('public.%I', relname), privilege)
           OR has_any_column_privilege($1, format('public.%I', relname),
                CASE WHEN privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN privilege ELSE 'SELECT' END)
              AND privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')`,
      [roleOf(service), await tables(), PRIVILEGES],
    );
    return found.map(({ grant }) => grant).sort();
  };

  const rowSays = (row: ServiceRow): string[] =>
    Object.entries<readonly Privilege[]>(row.tables)
      .flatMap(([table, privileges]) => privileges.map((privilege) => `${privilege.toUpperCase()} ${table}`))
      .sort();

  for (const [service, row] of rows) {
    it(`allow ${service} exactly what its row of the topology says, on every table`, async () => {
      assert.deepEqual(await allowed(service), rowSays(row));
    });
  }

  it('are the same after the grants are applied again, and after somebody granted more by hand', async () => {
    await database.adminPool.query('GRANT ALL ON ALL TABLES IN SCHEMA public TO carillon_progress');
    await database.adminPool.query('GRANT SELECT ON message TO PUBLIC');
    await applyGrants(database.url);
    for (const [service, row] of rows) assert.deepEqual(await allowed(service), rowSays(row));
  });

  it('make no objects, in the schema or in the database', async () => {
    for (const [service] of rows) {
      const { rows: found } = await database.adminPool.query(
        "SELECT has_schema_privilege($1, 'public', 'CREATE') AS schema, has_database_privilege($1, $2, 'CREATE') AS database",
        [roleOf(service), database.name],
      );
      assert.deepEqual(found, [{ schema: false, database: false }], service);
    }
  });

  describe('at work', () => {
    const pools: Pool[] = [];
    const as = (service: ServiceName): Pool => {
      const pool = createPool({ ...database.configFor(service), max: 1 }, () => undefined);
      pools.push(pool);
      return pool;
    };
    const denied = (statement: Promise<unknown>): Promise<void> =>
      assert.rejects(statement, (error: Error & { code?: string }) => {
        // 42501: insufficient_privilege
        assert.equal(error.code, '42501', error.message);
        return true;
      });
    after(() => Promise.all(pools.map((pool) => pool.end())));

    it('let a stream consumer write to its outbox, whose ids come from an identity column', async () => {
      const { rowCount } = await as('dialog').query(
        `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
         VALUES ('dialog', 'shardId-000000000000', 'stream', 'dialog-events', '+14155550101', '{}')`,
      );
      assert.equal(rowCount, 1);
    });

    it('let the sender lock the row of a phone', async () => {
      await database.adminPool.query("INSERT INTO phone (phone_number) VALUES ('+14155550101')");
      const { rowCount } = await as('sender').query('SELECT FROM phone FOR UPDATE');
      assert.equal(rowCount, 1);
    });

    it('keep the dialog from reading messages', () => denied(as('dialog').query('SELECT FROM message')));

    it('keep progress, which reads messages, from changing one', () =>
      denied(as('progress').query("UPDATE message SET state = 'cancelled'")));

    it('keep outbound from changing a message that it wrote', () =>
      denied(as('outbound').query("UPDATE message SET state = 'cancelled'")));

    it('keep the sender from taking away a suppression', () =>
      denied(as('sender').query('DELETE FROM suppression')));

    it('keep the log from emptying its table', () => denied(as('log').query('TRUNCATE message_log')));

    it('keep everybody from the table of migrations', async () => {
      for (const [service] of rows) await denied(as(service).query('SELECT FROM schema_migration'));
    });

    it('keep everybody from making tables', () => denied(as('gateway').query('CREATE TABLE of_my_own ()')));
  });
});
