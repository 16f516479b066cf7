import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createPool } from '#shared/postgres/pool.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { RIGHTS_FILE, rightsIn, rightsText } from './rights-file.ts';

/**
 * What can be done to a table, each tried by whoever is connected. PostgreSQL looks at rights before it looks at rows: an
 * attempt on no rows, or one that breaks a constraint, was allowed. Nothing stays of any.
 */
const ATTEMPTS: Readonly<Record<string, string>> = {
  select: 'SELECT FROM %s LIMIT 0',
  insert: 'INSERT INTO %s DEFAULT VALUES',
  update: 'UPDATE %s SET %I = DEFAULT WHERE false',
  delete: 'DELETE FROM %s WHERE false',
  truncate: 'TRUNCATE %s',
  lock: 'LOCK TABLE %s IN ACCESS EXCLUSIVE MODE NOWAIT',
  alter: 'ALTER TABLE %s ADD COLUMN of_mine text',
  drop: 'DROP TABLE %s CASCADE',
  trigger:
    'CREATE TRIGGER of_mine BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  index: 'CREATE INDEX of_mine ON %s (%I)',
  copy: "COPY %s TO PROGRAM 'true'",
};

const names = Object.keys(services) as ServiceName[];

describe('What a service can do to the database', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let tables: { table: string; column: string }[];

  before(async () => {
    database = await createDatabase();
    const { rows } = await database.adminPool.query<{ table: string; column: string }>(
      `SELECT format('%I.%I', nspname, relname) AS table, attname AS column
         FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         JOIN LATERAL (SELECT attname FROM pg_attribute
                        WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                          AND attidentity = '' AND attgenerated = ''
                        ORDER BY attnum LIMIT 1) AS first ON true
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        ORDER BY 1`,
    );
    tables = rows;
    assert.ok(tables.length > 90);
  });
  after(() => database.drop());

  /** "verb table" of everything that was let through. */
  const tried = async (service: ServiceName): Promise<Set<string>> => {
    const pool = createPool({ ...database.configFor(service), max: 1 }, () => undefined);
    try {
      const { rows } = await pool.query<{ who: string }>('SELECT current_user AS who');
      assert.match(rows[0]?.who ?? '', /^carillon_/);
      const notices: string[] = [];
      const client = await pool.connect();
      client.on('notice', ({ message }) => notices.push(message ?? ''));
      // One block for each kind of attempt: each attempt in it is undone by an error of its own.
      for (const [verb, attempt] of Object.entries(ATTEMPTS)) {
        await client.query(`
          DO $$ DECLARE target record; BEGIN
            FOR target IN SELECT * FROM json_to_recordset('${JSON.stringify(tables)}') AS t("table" text, "column" text) LOOP
              BEGIN
                EXECUTE format('${attempt.replaceAll("'", "''").replace('%s', '%1$s').replace('%I', '%2$I')}', target.table, target.column);
                RAISE EXCEPTION 'went through' USING ERRCODE = 'ZZ001';
              EXCEPTION
                WHEN insufficient_privilege THEN
                  -- The right is there, and the row is not its own: own-rows.int.test.ts.
                  IF SQLERRM LIKE '%row-level security%' THEN RAISE NOTICE '${verb} % %', target.table, SQLSTATE; END IF;
                WHEN OTHERS THEN RAISE NOTICE '${verb} % %', target.table, SQLSTATE;
              END;
            END LOOP;
          END $$`);
      }
      client.release();
      return new Set(notices.map((notice) => notice.replace(/ [0-9A-Z]{5}$/, '').replace(' public.', ' ')));
    } finally {
      await pool.end();
    }
  };

  it('is what somebody has read and kept: rights.txt says who reaches which table', async () => {
    assert.equal(
      await readFile(RIGHTS_FILE, 'utf8'),
      rightsText(services),
      'npm run docs writes it: read what has changed before you keep it',
    );
  });

  for (const service of names) {
    it(`is, for ${service}, what rights.txt says, of everything that can be tried on every table`, async () => {
      const kept = rightsIn(await readFile(RIGHTS_FILE, 'utf8'));
      const may = (verb: string, table: string): boolean => kept.has(`${service} ${verb} ${table}`);
      const bare = tables.map(({ table }) => table.replace(/^public\./, ''));
      const expected = bare.flatMap((table) => [
        ...['select', 'insert', 'update', 'delete']
          .filter((verb) => may(verb, table))
          .map((verb) => `${verb} ${table}`),
        // Whoever may change rows, or take them away, may lock the table.
        ...(may('update', table) || may('delete', table) ? [`lock ${table}`] : []),
      ]);
      assert.deepEqual([...(await tried(service))].sort(), expected.sort());
    });
  }

  it('is nothing outside of tables: no files, no programs, no other roles, no settings, no functions of ours', async () => {
    const attempts = [
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT pg_ls_dir('/')",
      "SELECT lo_import('/etc/passwd')",
      "COPY (SELECT 1) TO '/tmp/of-a-service'",
      "COPY (SELECT 1) TO PROGRAM 'true'",
      'CREATE EXTENSION dblink',
      'CREATE SCHEMA of_mine',
      'CREATE TABLE public.of_mine ()',
      'CREATE FUNCTION public.of_mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE ROLE of_mine',
      'ALTER ROLE CURRENT_USER SUPERUSER',
      'SET ROLE postgres',
      'SET SESSION AUTHORIZATION postgres',
      "ALTER SYSTEM SET log_statement = 'all'",
      "SET session_replication_role = 'replica'",
      'SELECT * FROM pg_authid',
      'SELECT passwd FROM pg_shadow',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> current_user LIMIT 1',
      'SELECT pg_reload_conf()',
    ];
    for (const service of names) {
      await assertNoOthers(service);
      const pool = createPool({ ...database.configFor(service), max: 1 }, () => undefined);
      try {
        for (const attempt of attempts) {
          await assert.rejects(pool.query(attempt), (error: Error & { code?: string }) => {
            assert.match(
              error.code ?? '',
              /^(?:42501|0LP01|22023)$/,
              `${service}: ${attempt}: ${error.message}`,
            );
            return true;
          });
        }
      } finally {
        await pool.end();
      }
    }
  });

  /** Nobody is a member of another role, bypasses row security, makes databases, or hands on what they may do. */
  async function assertNoOthers(service: ServiceName): Promise<void> {
    const { rows } = await database.adminPool.query(
      `SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
              (SELECT count(*)::int FROM pg_auth_members WHERE member = pg_roles.oid) AS memberships,
              (SELECT count(*)::int FROM pg_class WHERE relowner = pg_roles.oid) AS owned,
              (SELECT count(*)::int FROM information_schema.role_table_grants
                WHERE grantee = rolname AND is_grantable = 'YES') AS handed_on
         FROM pg_roles WHERE rolname = $1`,
      [`carillon_${service}`],
    );
    assert.deepEqual(rows, [
      {
        rolsuper: false,
        rolinherit: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolbypassrls: false,
        memberships: 0,
        owned: 0,
        handed_on: 0,
      },
    ]);
  }
});
