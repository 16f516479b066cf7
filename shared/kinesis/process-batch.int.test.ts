import assert from 'node:assert/strict';
import { CarillonError } from '#shared/errors.ts';
import { registerShards, renewLeases, takeLeases } from '#shared/leases/store.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import type { StreamConsumerDefinition, StreamRecord } from './definition.ts';
import { type BatchDeps, type BatchResult, processBatch } from './process-batch.ts';

const scope = { consumer: 'test', source: 'dialog-commands' };

function records(...bodies: string[]): StreamRecord[] {
  return bodies.map((body, index) => ({
    sequenceNumber: String(100 + index),
    partitionKey: `+1415555010${index % 10}`,
    body,
    arrivedAt: new Date('2026-03-02T15:00:00Z'),
  }));
}

describe('Processing a batch of a shard', () => {
  let database: TestDatabase;
  let pool: Pool;
  let deps: BatchDeps<string>;
  let applied: string[][];

  /** Writes each body as a row, and an outbox entry for each; "poison" breaks the statement, "wrong" the parser. */
  const definition: StreamConsumerDefinition<string> = {
    consumer: scope.consumer,
    stream: 'dialog-commands',
    parse: (body) => {
      if (body.startsWith('wrong')) throw new CarillonError('invalid_record', `cannot read ${body}`);
      return body;
    },
    apply: async (tx, parsed) => {
      applied.push(parsed.map(({ value }) => value));
      await tx.query(
        `INSERT INTO effect SELECT body, 100 / (CASE WHEN body LIKE 'poison%' THEN 0 ELSE 1 END)
           FROM unnest($1::text[]) AS body`,
        [parsed.map(({ value }) => value)],
      );
      return {
        entries: parsed.map(({ value, partitionKey }) => ({
          kind: 'stream' as const,
          target: 'dialog-events' as const,
          orderingKey: partitionKey,
          body: value,
        })),
      };
    },
  };

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    await pool.query('CREATE TABLE effect (body text PRIMARY KEY, quotient int)');
  });
  after(() => database.drop());

  beforeEach(async () => {
    applied = [];
    await emptyTables(pool, 'effect, outbox, quarantined_record, lease, lease_worker');
    await registerShards(pool, scope, [{ shard: 's', parents: [] }]);
    await renewLeases(pool, scope, 'me');
    const [lease] = await takeLeases(pool, scope, 'me', 10_000);
    assert.ok(lease);
    deps = { pool, definition, scope, worker: 'me', lease };
  });

  async function run(batch: StreamRecord[]): Promise<BatchResult[]> {
    const results: BatchResult[] = [];
    await processBatch(deps, batch, [], (result) => results.push(result));
    return results;
  }
  const column = async (sql: string): Promise<unknown[]> =>
    (await pool.query<{ value: unknown }>(sql)).rows.map(({ value }) => value);
  const effects = () => column('SELECT body AS value FROM effect ORDER BY body');
  const outbox = () => column('SELECT body AS value FROM outbox ORDER BY id');
  const checkpoint = async () => (await column('SELECT checkpoint AS value FROM lease'))[0];

  it('commits effects, outbox and checkpoint together, in one application of the whole batch', async () => {
    const results = await run(records('a', 'b', 'c'));
    assert.deepEqual(applied, [['a', 'b', 'c']]);
    assert.deepEqual(await effects(), ['a', 'b', 'c']);
    assert.deepEqual(await outbox(), ['a', 'b', 'c']);
    assert.equal(await checkpoint(), '102');
    assert.deepEqual(
      results.flatMap(({ rows }) => rows.map(({ entry }) => entry.body)),
      ['a', 'b', 'c'],
    );
  });

  it('does nothing at all when the lease has changed hands', async () => {
    await pool.query(`UPDATE lease SET owner = 'other', epoch = epoch + 1`);
    await assert.rejects(run(records('a')), { code: 'lease_lost' });
    assert.deepEqual(await effects(), []);
    assert.equal(await checkpoint(), null);
  });

  it('does nothing when the same worker holds the lease in a later epoch', async () => {
    await pool.query('UPDATE lease SET epoch = epoch + 1');
    await assert.rejects(run(records('a')), { code: 'lease_lost' });
    assert.deepEqual(await effects(), []);
  });

  it('quarantines what cannot be read, with its reason, and processes the rest', async () => {
    await run(records('a', 'wrong one', 'c'));
    assert.deepEqual(await effects(), ['a', 'c']);
    assert.deepEqual(await column('SELECT reason AS value FROM quarantined_record'), [
      'cannot read wrong one',
    ]);
    assert.equal(await checkpoint(), '102');
  });

  it('finds the record that breaks a batch by halving and quarantines that one alone', async () => {
    await run(records('a', 'b', 'c', 'poison', 'e', 'f', 'g'));
    assert.deepEqual(await effects(), ['a', 'b', 'c', 'e', 'f', 'g']);
    assert.deepEqual(await outbox(), ['a', 'b', 'c', 'e', 'f', 'g']);
    assert.deepEqual(await column('SELECT body AS value FROM quarantined_record'), ['poison']);
    assert.match(
      String((await column('SELECT reason AS value FROM quarantined_record'))[0]),
      /division by zero/,
    );
    assert.equal(await checkpoint(), '106');
  });

  it('gets past a batch in which every record is bad', async () => {
    await run(records('poison 1', 'poison 2', 'wrong', 'poison 3'));
    assert.deepEqual(await column('SELECT count(*)::int AS value FROM quarantined_record'), [4]);
    assert.equal(await checkpoint(), '103');
  });

  it('keeps records with characters that PostgreSQL cannot store', async () => {
    await run(records('wrong \u0000 here'));
    assert.deepEqual(await column('SELECT body AS value FROM quarantined_record'), ['wrong \uFFFD here']);
  });

  for (const [fault, sqlstate] of [
    ['a serialization failure', '40001'],
    ['a lost connection', '08006'],
    ['a full disk', '53100'],
    ['a missing grant', '42501'],
    ['an undefined table', '42P01'],
  ]) {
    it(`quarantines nothing for ${fault}: it is not the record's fault`, async () => {
      deps = {
        ...deps,
        definition: {
          ...definition,
          apply: () => Promise.reject(Object.assign(new Error(fault), { code: sqlstate })),
        },
      };
      await assert.rejects(run(records('a', 'b')), { code: sqlstate });
      assert.deepEqual(await column('SELECT count(*)::int AS value FROM quarantined_record'), [0]);
      assert.equal(await checkpoint(), null);
    });
  }

  it('quarantines a record that causes another too large for any stream, instead of holding up all behind it', async () => {
    deps = {
      ...deps,
      definition: {
        ...definition,
        apply: async (_, parsed) => ({
          entries: parsed.map(({ value, partitionKey }) => ({
            kind: 'stream',
            target: 'dialog-events',
            orderingKey: partitionKey,
            body: value === 'b' ? 'x'.repeat(1_100_000) : value,
          })),
        }),
      },
    };
    await run(records('a', 'b', 'c'));
    assert.deepEqual(await outbox(), ['a', 'c']);
    assert.match(
      String((await column('SELECT reason AS value FROM quarantined_record'))[0]),
      /too large to send/,
    );
  });

  it('halves a batch whose statement takes too long, and quarantines nothing', async () => {
    let slow = 0;
    deps = {
      ...deps,
      definition: {
        ...definition,
        apply: async (tx, parsed) => {
          if (parsed.length > 2) {
            slow += 1;
            throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
          }
          return definition.apply(tx, parsed);
        },
      },
    };
    await run(records('a', 'b', 'c', 'd'));
    assert.equal(slow, 1);
    assert.deepEqual(await effects(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(await column('SELECT count(*)::int AS value FROM quarantined_record'), [0]);
  });

  /** Its next commit is done, and the connection breaks before the answer. */
  function loseAnswerOfCommit(): void {
    const client = { lost: false };
    const losing = new Proxy(pool, {
      get: (target, name) => {
        if (name !== 'connect') return Reflect.get(target, name);
        return async () => {
          const connection = await target.connect();
          return new Proxy(connection, {
            get: (its, property) => {
              const value: unknown = Reflect.get(its, property);
              if (property !== 'query' || client.lost)
                return typeof value === 'function' ? value.bind(its) : value;
              return async (text: string, values?: unknown[]) => {
                const result = await its.query(text, values);
                if (text !== 'COMMIT') return result;
                client.lost = true;
                throw new Error('Connection terminated unexpectedly');
              };
            },
          });
        };
      },
    });
    deps = { ...deps, pool: losing };
  }

  it('passes over what a commit without an answer has done, and hears what that left', async () => {
    const [first] = await run(records('a'));
    assert.ok(first);
    loseAnswerOfCommit();
    const batch = records('a', 'b', 'c', 'd').slice(1);
    await assert.rejects(
      processBatch(deps, batch.slice(0, 2), first.rows, () => undefined),
      /terminated/,
    );
    const heard: [bodies: string[], last: string][] = [];
    // One more was read meanwhile.
    await processBatch(deps, batch, first.rows, ({ rows }, last) =>
      heard.push([rows.map(({ entry }) => entry.body), last.body]),
    );
    assert.deepEqual(heard, [
      [['b', 'c'], 'c'],
      [['d'], 'd'],
    ]);
    assert.deepEqual(applied, [['a'], ['b', 'c'], ['d']]);
    assert.deepEqual(await effects(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(await outbox(), ['b', 'c', 'd']);
    assert.equal(await checkpoint(), '103');
  });

  it('hears of what was set aside in a commit without an answer as well', async () => {
    loseAnswerOfCommit();
    const batch = records('a', 'wrong one', 'c', 'wrong two');
    await assert.rejects(
      processBatch(deps, batch.slice(0, 3), [], () => undefined),
      /terminated/,
    );
    const heard: [body: string, state: string, reason: string][] = [];
    await processBatch(deps, batch, [], ({ setAside }) => {
      for (const { reason, record, state } of setAside) heard.push([record.body, state, reason]);
    });
    assert.deepEqual(heard, [
      ['wrong one', 'quarantined', 'cannot read wrong one'],
      ['wrong two', 'quarantined', 'cannot read wrong two'],
    ]);
    assert.deepEqual(await effects(), ['a', 'c']);
  });

  it('does not halve what was committed before, when the rest of the batch takes too long', async () => {
    loseAnswerOfCommit();
    const batch = records('a', 'b', 'wrong one', 'd');
    await assert.rejects(
      processBatch(deps, batch.slice(0, 3), [], () => undefined),
      /terminated/,
    );
    const tried: string[][] = [];
    const apply: typeof definition.apply = async (_tx, parsed) => {
      tried.push(parsed.map(({ value }) => value));
      throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
    };
    deps = { ...deps, definition: { ...definition, apply } };
    const heard: string[] = [];
    await assert.rejects(
      processBatch(deps, batch, [], ({ setAside }) =>
        heard.push(...setAside.map(({ record }) => record.body)),
      ),
      /statement timeout/,
    );
    assert.deepEqual(tried, [['d']]);
    assert.deepEqual(heard, ['wrong one']);
    assert.equal(await checkpoint(), '102');
  });

  it('deletes outbox rows of earlier batches that were published meanwhile', async () => {
    const [first] = await run(records('a', 'b'));
    assert.ok(first);
    await processBatch(deps, records('x', 'y', 'c').slice(2), first.rows, () => undefined);
    assert.deepEqual(await outbox(), ['c']);
  });
});
