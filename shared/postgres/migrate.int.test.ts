import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { migrate } from './migrate.ts';

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

  it('are a no-op on a database that has them', async () => {
    assert.deepEqual(await migrate(database.url), []);
  });
});
