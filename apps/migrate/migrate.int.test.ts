import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { roleOf } from '#shared/postgres/grants.ts';
import { services } from '#shared/topology.ts';
import { compileCache } from '#test/compile-cache.ts';
import { TEST_PEPPER } from '#test/pseudonyms.ts';
import { createDatabase, stackFacts, type TestDatabase } from '#test/stack/stack.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const PASSWORD = 'a password of a test: "quoted" \\ and so on';

/** A server as RDS makes it: an owner that is no superuser, and the role whose members log in with IAM tokens. */
describe('The migration task', () => {
  let admin: TestDatabase;
  const OWNER = 'migrating_owner';
  const EMPTY = 'migrated_by_task';

  before(async () => {
    admin = await createDatabase();
    await admin.adminPool.query(
      `CREATE ROLE ${OWNER} LOGIN CREATEROLE PASSWORD ${pg.escapeLiteral(PASSWORD)}`,
    );
    await admin.adminPool.query('CREATE ROLE rds_iam NOLOGIN');
    await admin.adminPool.query(`GRANT rds_iam TO ${OWNER} WITH ADMIN OPTION`);
    await admin.adminPool.query(`CREATE DATABASE ${EMPTY} OWNER ${OWNER}`);
  });
  after(async () => {
    await admin.adminPool.query(`DROP DATABASE ${EMPTY} WITH (FORCE)`);
    await admin.adminPool.query(`DROP OWNED BY ${OWNER}`);
    await admin.adminPool.query('DROP ROLE rds_iam');
    await admin.adminPool.query(`DROP ROLE ${OWNER}`);
    await admin.drop();
  });

  const task = async (
    change: Record<string, string> = {},
  ): Promise<{ code: number; lines: Record<string, unknown>[]; stderr: string }> => {
    const env = {
      ...compileCache(),
      DB_HOST: '127.0.0.1',
      DB_PORT: String(stackFacts().postgres.port),
      DB_NAME: EMPTY,
      CONSENT_PEPPER: TEST_PEPPER,
      DB_SECRET: JSON.stringify({ username: OWNER, password: PASSWORD }),
      ...change,
    };
    const result = await run(process.execPath, ['apps/migrate/main.ts'], { cwd: root, env }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    const lines = result.stdout.split('\n').filter((line) => line !== '');
    return { code: result.code, lines: lines.map((line) => JSON.parse(line)), stderr: result.stderr };
  };

  it('makes the schema and the roles in an empty database, once, however many run, and says so in a line', async () => {
    const files = await readdir(new URL('../../shared/postgres/migrations/', import.meta.url));
    const newest = files
      .sort()
      .at(-1)
      ?.replace(/\.sql$/, '');
    const both = await Promise.all([task(), task()]);
    assert.deepEqual(
      both.map(({ code, stderr }) => ({ code, stderr })),
      [
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ],
    );
    const roles = Object.keys(services).length;
    const said = both.map(({ lines }) => lines.map(({ msg }) => String(msg)));
    // Whoever of them was first with it.
    const seeded = '; 1 programme(s) with 5 drill(s) published';
    assert.equal(said.flat().filter((line) => line.endsWith(seeded)).length, 1);
    assert.deepEqual(said.map((lines) => lines.map((line) => line.replace(seeded, ''))).sort(), [
      [`migrated to ${newest}; grants applied to ${roles} roles`],
      [`nothing to migrate; grants applied to ${roles} roles`],
    ]);
  });

  it('lets every service log in with IAM tokens, and nobody else', async () => {
    const { rows } = await admin.adminPool.query<{ rolname: string }>(
      `SELECT rolname FROM pg_roles
        WHERE rolname LIKE 'carillon\\_%' AND rolcanlogin AND pg_has_role(rolname, 'rds_iam', 'MEMBER')
        ORDER BY rolname`,
    );
    assert.deepEqual(
      rows.map(({ rolname }) => rolname),
      Object.keys(services).map(roleOf).sort(),
    );
  });

  it('gives services their rights', async () => {
    const { password } = admin.configFor('log');
    const client = new pg.Client({
      host: '127.0.0.1',
      port: stackFacts().postgres.port,
      database: EMPTY,
      user: roleOf('log'),
      password,
    });
    await client.connect();
    try {
      await client.query('SELECT FROM message_log');
      await assert.rejects(client.query('SELECT FROM dialog_state'), { code: '42501' });
    } finally {
      await client.end();
    }
  });

  it('ends with 1 and one line when it cannot log in', async () => {
    const { code, lines } = await task({
      DB_SECRET: JSON.stringify({ username: OWNER, password: 'another' }),
    });
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    assert.match(String(lines[0]?.msg), /^not migrated: password authentication failed/);
  });

  it('ends with 1 and all faults of its configuration, without the secret', async () => {
    const { code, stderr } = await task({ DB_SECRET: '{"username":"hunter2"}', DB_PORT: 'x' });
    assert.equal(code, 1);
    assert.match(stderr, /2 fault\(s\)[\s\S]*- DB_PORT is "x"[\s\S]*- DB_SECRET is \(secret\)/);
    assert.doesNotMatch(stderr, /hunter2/);
  });
});
