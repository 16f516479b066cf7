import assert from 'node:assert/strict';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { givenTogether } from './given-together.ts';
import {
  createPool,
  inTransaction,
  isDataFault,
  isTransientDatabaseError,
  isUniqueViolation,
  type Pool,
  type Transaction,
} from './pool.ts';

describe('A transaction', () => {
  let database: TestDatabase;
  let pool: Pool;
  before(async () => {
    database = await createDatabase();
    pool = createPool({ ...database.configFor('log'), max: 2 }, () => undefined);
    await database.adminPool.query(
      'CREATE TABLE thing (name text PRIMARY KEY); GRANT ALL ON thing TO PUBLIC',
    );
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() => emptyTables(database.adminPool, 'thing'));
  const backendOf = async (tx: Pick<Pool, 'query'>): Promise<number> =>
    (await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
  const kill = (pid: number) => database.adminPool.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
  const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => assert.fail('it should have failed'),
      (error: unknown) => error,
    );

  it('whose connection is cut between two statements fails as a passing fault, and nothing else breaks', async () => {
    const error = await failureOf(
      inTransaction(pool, async (tx) => {
        await tx.query(`INSERT INTO thing VALUES ('lost')`);
        await kill(await backendOf(tx));
        await tx.query(`INSERT INTO thing VALUES ('later')`);
      }),
    );
    assert.ok(isTransientDatabaseError(error), String(error));
    assert.equal((await pool.query('SELECT FROM thing')).rowCount, 0);
  });

  it('whose connection is cut during a statement fails as a passing fault', async () => {
    const error = await failureOf(
      inTransaction(pool, async (tx) => {
        const pid = await backendOf(tx);
        await Promise.all([tx.query('SELECT pg_sleep(5)'), kill(pid)]);
      }),
    );
    assert.ok(isTransientDatabaseError(error), String(error));
  });

  it('that rolls back leaves its connection fit for the next', async () => {
    await failureOf(
      inTransaction(pool, async (tx) => {
        await tx.query(`INSERT INTO thing VALUES ('rolled back')`);
        throw new Error('no');
      }),
    );
    await inTransaction(pool, (tx) => tx.query(`INSERT INTO thing VALUES ('kept')`));
    assert.deepEqual((await pool.query('SELECT name FROM thing')).rows, [{ name: 'kept' }]);
  });

  for (const pipeline of [true, false]) {
    describe(`whose statements are given together (${pipeline ? 'sent at once' : 'sent in turn'})`, () => {
      let given: Pool;
      before(() => {
        given = createPool({ ...database.configFor('log'), max: 1, pipeline }, () => undefined);
      });
      after(() => given.end());
      const add = (tx: Transaction, name: string) => tx.query(`INSERT INTO thing VALUES ('${name}')`);
      const names = async () => (await given.query('SELECT name FROM thing ORDER BY name')).rows;

      it('executes them in their order, each seeing what those before it have done', async () => {
        const counts = await inTransaction(given, (tx) => {
          const together = givenTogether(tx);
          const count = async () => (await tx.query('SELECT FROM thing')).rowCount;
          return Promise.all([
            together(count),
            together(() => add(tx, 'a')),
            together(count),
            together(() => add(tx, 'b')),
            together(count),
          ]);
        });
        assert.deepEqual([counts[0], counts[2], counts[4]], [0, 1, 2]);
      });

      it('fails with what failed first, keeps nothing, and leaves its connection fit for the next', async () => {
        const error = await failureOf(
          inTransaction(given, async (tx) => {
            const together = givenTogether(tx);
            await add(tx, 'a');
            await Promise.all([
              together(() => add(tx, 'b')),
              together(() => add(tx, 'a')),
              together(() => add(tx, 'c')),
            ]);
          }),
        );
        assert.ok(isUniqueViolation(error), String(error));
        assert.deepEqual(await names(), []);
        await inTransaction(given, (tx) => add(tx, 'kept'));
        assert.deepEqual(await names(), [{ name: 'kept' }]);
      });

      it('waits for an answer as long as the statements may take that are sent before it', async () => {
        const before = pipeline ? 4 : 0;
        const { rows } = await given.query<{ ms: number }>(
          `SELECT setting::int AS ms FROM pg_settings WHERE name = 'statement_timeout'`,
        );
        const statementMs = rows[0]?.ms ?? 0;
        assert.equal(statementMs, 6_000);
        assert.ok((given.options.query_timeout ?? 0) > (before + 1) * statementMs);
      });

      it('goes on behind a savepoint after one of them failed', async () => {
        await inTransaction(given, async (tx) => {
          const together = givenTogether(tx);
          await add(tx, 'a');
          await tx.query('SAVEPOINT step');
          await failureOf(Promise.all([together(() => add(tx, 'a')), together(() => add(tx, 'b'))]));
          await tx.query('ROLLBACK TO SAVEPOINT step');
          await add(tx, 'c');
        });
        assert.deepEqual(await names(), [{ name: 'a' }, { name: 'c' }]);
      });
    });
  }

  it('tells faults of data from those of the machinery', async () => {
    const during = (sql: string) => failureOf(inTransaction(pool, (tx) => tx.query(sql)));
    assert.equal(isDataFault(await during('SELECT 1 / 0')), true);
    assert.equal(isDataFault(await during(`INSERT INTO thing VALUES ('twice'), ('twice')`)), true);
    assert.equal(
      isDataFault(await failureOf(inTransaction(pool, async () => assert.fail('a bug of ours')))),
      true,
    );
    assert.equal(isDataFault(await during('SELECT FROM nowhere')), false);
    assert.equal(isDataFault(await during('SELECT FROM dialog_state')), false, 'a missing grant');
    const nowhere = createPool({ ...database.configFor('log'), port: 1 }, () => undefined);
    const refused = await failureOf(inTransaction(nowhere, async () => undefined));
    assert.equal(isDataFault(refused), false);
    assert.equal(isTransientDatabaseError(refused), true);
    const stranger = createPool({ ...database.configFor('log'), password: 'wrong' }, () => undefined);
    const denied = await failureOf(inTransaction(stranger, async () => undefined));
    assert.equal(isDataFault(denied), false);
    await Promise.all([nowhere.end(), stranger.end()]);
  });
});
