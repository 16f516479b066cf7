import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { migrate } from './migrate.ts';
import { isLockTimeout, isTransientDatabaseError } from './pool.ts';

describe('Migrations', () => {
  let database: TestDatabase;
  let emptyUrl: string;
  const EMPTY = 'migrations_from_nothing';

  before(async () => {
    database = await createDatabase();
    emptyUrl = database.url.replace(database.name, EMPTY);
    await database.adminPool.query(`CREATE DATABASE ${EMPTY}`);
  });
  after(async () => {
    await database.adminPool.query(`DROP DATABASE ${EMPTY} WITH (FORCE)`);
    await database.drop();
  });

  it('are applied once, in the order of their numbers, when two start at the same time', async () => {
    const files = await readdir(new URL('./migrations/', import.meta.url));
    const names = files.map((file) => file.replace(/\.sql$/, '')).sort();
    const applied = await Promise.all([migrate(emptyUrl), migrate(emptyUrl)]);
    assert.deepEqual(applied.flat(), names);
    const client = new pg.Client({ connectionString: emptyUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migration ORDER BY id');
      assert.deepEqual(
        rows.map(({ name }) => name),
        names,
      );
      const months = await client.query(
        `SELECT FROM pg_inherits WHERE inhparent = 'decision'::regclass AND inhrelid <> 'decision_default'::regclass`,
      );
      assert.equal(months.rowCount, 25, 'this month and two years ahead');
    } finally {
      await client.end();
    }
  });

  it('stay where a later one fails, which is taken up again by whoever calls next', async () => {
    const failing = 'migrations_that_fail';
    const url = database.url.replace(database.name, failing);
    await database.adminPool.query(`CREATE DATABASE ${failing}`);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query('CREATE TABLE participant (nothing integer)');
      await assert.rejects(migrate(url), /"participant" already exists/);
      const { rows } = await client.query<{ name: string }>(
        'SELECT name FROM schema_migration ORDER BY id DESC LIMIT 1',
      );
      assert.equal(rows[0]?.name, '0064_code_uses');
      await client.query('DROP TABLE participant');
      const [next] = await migrate(url);
      assert.equal(next, '0065_participants');
      assert.deepEqual(await migrate(url), []);
    } finally {
      await client.end();
      await database.adminPool.query(`DROP DATABASE ${failing} WITH (FORCE)`);
    }
  });

  it('leave the same indexes where earlier forms of 0054 and 0055 have run', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const indexes = async () =>
      (
        await client.query(
          `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
        )
      ).rows;
    try {
      const made = await indexes();
      await client.query(`
        BEGIN;
        DROP INDEX message_by_campaign;
        CREATE INDEX message_campaign ON message (campaign_id) WHERE campaign_id IS NOT NULL;
        ALTER INDEX campaign_contact_settled RENAME TO campaign_contact_state;
        ALTER INDEX contact_own_attributes RENAME TO contact_attributes`);
      for (const name of ['0076_messages_by_campaign', '0077_wider_indexes']) {
        await client.query(await readFile(new URL(`./migrations/${name}.sql`, import.meta.url), 'utf8'));
      }
      assert.deepEqual(await indexes(), made);
    } finally {
      await client.end();
    }
  });

  it('give up a table that somebody uses, to be called again, and change nothing where an earlier form of 0110 has run', async () => {
    const [reader, client] = [database.url, database.url].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client];
    await Promise.all([reader.connect(), client.connect()]);
    const columns = async () =>
      (
        await client.query(
          `SELECT table_name, column_name, data_type FROM information_schema.columns
            WHERE table_name IN ('message', 'campaign', 'call_log') ORDER BY 1, 2`,
        )
      ).rows;
    try {
      const made = await columns();
      await client.query(`DELETE FROM schema_migration WHERE name >= '0136'`);
      await reader.query('BEGIN; SELECT FROM message');
      await assert.rejects(
        migrate(database.url),
        (error: Error) => isLockTimeout(error) && isTransientDatabaseError(error),
      );
      await reader.query('ROLLBACK');
      assert.deepEqual((await migrate(database.url)).slice(0, 3), [
        '0136_steps_of_messages',
        '0137_paces_of_calls',
        '0138_calls_of_before',
      ]);
      assert.deepEqual(await columns(), made);
    } finally {
      await Promise.all([reader.end(), client.end()]);
    }
  });

  it('are a no-op on a database that has them', async () => {
    assert.deepEqual(await migrate(database.url), []);
  });
});
