import assert from 'node:assert/strict';
import { Signer } from '@aws-sdk/rds-signer';
import { readConfig } from '#shared/config.ts';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, stackFacts, type TestDatabase } from '#test/stack/stack.ts';
import { IamPostgres } from '#test/stand-ins/iam-postgres.ts';
import { authority, authorityFile } from '#test/tls/certificates.ts';
import { roleOf } from './grants.ts';
import { iamTokens } from './iam-token.ts';
import { createPool, isTransientDatabaseError, type Pool } from './pool.ts';
import { poolFrom, postgresSettings } from './settings.ts';

const MINUTE_MS = 60_000;
const keys = new Map([
  ['first', 'the secret of the first'],
  ['second', 'the secret of the second'],
  // What the process's own environment holds: see test/stack/mocha-setup.ts.
  ['local', 'local'],
]);

describe('A database that takes IAM tokens', () => {
  let database: TestDatabase;
  let server: IamPostgres;
  let port: number;
  let clock: ManualClock;
  const pools: Pool[] = [];

  before(async () => {
    database = await createDatabase();
  });
  beforeEach(async () => {
    clock = new ManualClock();
    const { postgres, rolePassword } = stackFacts();
    const behind = { port: async () => postgres.port, passwordOf: async () => rolePassword };
    server = new IamPostgres(behind, keys, () => clock.monotonic());
    port = await server.listen();
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
    server.close();
  });
  after(() => database.drop());

  /** A pool that signs with one key after the other; tokens of the same second and key would be the same. */
  function poolWith(options: { role?: string; max?: number; ca?: string; idleMs?: number } = {}) {
    const ids = ['first', 'second'];
    let signed = 0;
    const sign = (): Promise<string> => {
      const accessKeyId = ids[signed] ?? '';
      signed += 1;
      return new Signer({
        hostname: 'localhost',
        port,
        username: options.role ?? roleOf('log'),
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: keys.get(accessKeyId) ?? '' },
      }).getAuthToken();
    };
    const pool = createPool(
      {
        host: 'localhost',
        port,
        database: database.name,
        user: roleOf('log'),
        password: iamTokens({ sign, clock }),
        tls: { ca: options.ca ?? authority },
        max: options.max ?? 4,
        idleMs: options.idleMs ?? 30_000,
        applicationName: 'test',
      },
      () => undefined,
    );
    pools.push(pool);
    return { pool, signed: () => signed };
  }
  const backend = async (db: Pick<Pool, 'query'>): Promise<number> =>
    (await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

  it('lets all connections of a pool in with one token, as the role, with its rights', async () => {
    const { pool, signed } = poolWith();
    const pids = await Promise.all(Array.from({ length: 4 }, () => pool.query('SELECT pg_sleep(0.05)')));
    assert.equal(pids.length, 4);
    assert.equal(server.logins.length, 4);
    assert.equal(new Set(server.logins.map(({ token }) => token)).size, 1);
    assert.equal(signed(), 1);
    const { rows } = await pool.query('SELECT current_user AS role');
    assert.deepEqual(rows, [{ role: 'carillon_log' }]);
    await assert.rejects(pool.query('SELECT FROM dialog_state'), { code: '42501' });
  });

  it('is not shown a token that has expired, and sessions outlive theirs', async () => {
    const { pool } = poolWith();
    const old = await pool.connect();
    const before = await backend(old);
    await clock.advance(16 * MINUTE_MS);
    const fresh = await pool.connect();
    assert.notEqual(await backend(fresh), before);
    assert.equal(await backend(old), before);
    assert.deepEqual(server.refusals, []);
    assert.equal(new Set(server.logins.map(({ token }) => token)).size, 2);
    fresh.release();
    old.release();
  });

  it('turns away an expired token, one of another role, and one that nobody known has signed', async () => {
    const stale = await poolWith().pool.connect();
    const [{ token } = { token: '' }] = server.logins;
    stale.release();
    await clock.advance(16 * MINUTE_MS);
    const attempt = (password: string) => {
      const pool = createPool(
        {
          host: 'localhost',
          port,
          database: database.name,
          user: roleOf('log'),
          password,
          tls: { ca: authority },
          applicationName: 'test',
        },
        () => undefined,
      );
      pools.push(pool);
      return pool.query('SELECT');
    };
    await assert.rejects(attempt(token), { code: '28000', message: /expired/ });
    await assert.rejects(attempt(token.replace(/.$/, 'x')), { code: '28000', message: /signature/ });
    await assert.rejects(poolWith({ role: roleOf('sender') }).pool.query('SELECT'), {
      code: '28000',
      message: /role carillon_sender/,
    });
    await assert.rejects(attempt(token.replace('first', 'nobody')), { code: '28000', message: /nobody/ });
  });

  it('is not spoken to when its certificate is of no known authority: not of Amazon, by default', async () => {
    const config = readConfig(postgresSettings, environment());
    const byDefault = poolFrom(config, 'test', silentLogger);
    pools.push(byDefault);
    await assert.rejects(byDefault.query('SELECT'), (error: Error) => {
      assert.match(error.message, /self-signed certificate|unable to (?:verify|get)/i);
      assert.equal(isTransientDatabaseError(error), false);
      return true;
    });
    assert.deepEqual(server.logins, []);
  });

  it('is reached by a service that is configured for it, with the credentials of its environment', async () => {
    const config = readConfig(postgresSettings, {
      ...environment(),
      DB_CA_FILE: authorityFile,
    });
    const pool = poolFrom(config, 'test', silentLogger);
    pools.push(pool);
    const { rows } = await pool.query('SELECT current_user AS role');
    assert.deepEqual(rows, [{ role: 'carillon_log' }]);
  });

  const environment = (): Record<string, string> => ({
    DB_HOST: 'localhost',
    DB_PORT: String(port),
    DB_NAME: database.name,
    DB_USER: roleOf('log'),
    DB_IAM_AUTH: 'true',
  });
});

describe('A pool that nobody uses', () => {
  it('closes its connections, so that the database can pause', async () => {
    const database = await createDatabase();
    const pool = createPool({ ...database.configFor('log'), idleMs: 20 }, () => undefined);
    try {
      await Promise.all(Array.from({ length: 5 }, () => pool.query('SELECT')));
      await eventually(async () => {
        const { rowCount } = await database.adminPool.query(
          'SELECT FROM pg_stat_activity WHERE usename = $1 AND datname = $2',
          [roleOf('log'), database.name],
        );
        assert.equal(rowCount, 0);
      });
      assert.equal(pool.totalCount, 0);
    } finally {
      await pool.end();
      await database.drop();
    }
  });
});
