import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { appendBatches } from '#shared/dialog/store.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import { sampleBatch } from '#shared/dialog-events/sample-batch.ts';
import { CarillonError } from '#shared/errors.ts';
import { processBatch } from '#shared/kinesis/process-batch.ts';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { registerShards, takeLeases } from '#shared/leases/store.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { findRecords, type Selection } from '#shared/quarantine/selection.ts';
import { compileCache } from '#test/compile-cache.ts';
import { recordsOf } from '#test/driver/streams.ts';
import { TEST_KEY_PEPPER, TEST_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, createStream, stackFacts, type TestDatabase } from '#test/stack/stack.ts';
import { discard } from './quarantine/discard.ts';
import { redrive } from './quarantine/redrive.ts';

const ANA = '+14155550101';
const BO = '+14155550102';
const at = '2026-11-21T12:00:00.000Z';
const scope = { consumer: 'outbound', source: 'dialog-events' };
const any: Selection = { ids: [], consumer: null, reason: null };

describe('Records that were set aside', () => {
  let database: TestDatabase;
  let pool: Pool;
  let put: { stream: string; key: string; body: string }[];
  let refuse: (key: string) => boolean;
  let sequence: number;
  let applied: string[];
  let poison: Set<string>;

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
  });
  after(() => database.drop());
  beforeEach(async () => {
    await pool.query(
      'TRUNCATE quarantined_record, event_position, lease, outbox, dialog_event_batch RESTART IDENTITY',
    );
    [put, refuse, sequence, applied, poison] = [[], () => false, 100, [], new Set()];
  });

  const producer: StreamProducer = {
    put: async (stream, key, body) => {
      if (refuse(key)) throw new CarillonError('unavailable', 'the stream is away');
      put.push({ stream, key, body });
    },
    close: async () => undefined,
  };

  async function kept(record: {
    consumer?: string;
    source?: string;
    key?: string;
    state?: string;
    reason?: string;
    body?: string;
    version?: number;
  }): Promise<number> {
    sequence += 1;
    const { rows } = await pool.query<{ id: number }>(
      `INSERT INTO quarantined_record
         (consumer, source, shard, sequence_number, partition_key, state, reason, version, body, arrived_at)
       VALUES ($1, $2, 'shard-0', $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
      [
        record.consumer ?? 'dialog',
        record.source ?? 'dialog-commands',
        String(sequence),
        record.key ?? ANA,
        record.state ?? 'quarantined',
        record.reason ?? 'unknown type',
        record.version ?? null,
        record.body ?? `{"n":${sequence}}`,
        at,
      ],
    );
    return rows[0]?.id ?? assert.fail('nothing was inserted');
  }
  const states = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ state: string; settled_by: string | null; settled: boolean }>(
      'SELECT state, settled_by, settled_at IS NOT NULL AS settled FROM quarantined_record ORDER BY id',
    );
    return rows.map(
      ({ settled, settled_by, state }) => `${state} ${settled_by ?? '-'}${settled ? ' settled' : ''}`,
    );
  };

  describe('and are redriven', () => {
    it('are on their stream again, oldest first, under the same key and as they were; once', async () => {
      for (const key of [ANA, BO, ANA]) await kept({ key });
      assert.deepEqual(await redrive({ pool, producer }, any, 'ana'), { put: 3, left: [] });
      assert.deepEqual(put, [
        { stream: 'dialog-commands', key: ANA, body: '{"n":101}' },
        { stream: 'dialog-commands', key: BO, body: '{"n":102}' },
        { stream: 'dialog-commands', key: ANA, body: '{"n":103}' },
      ]);
      assert.deepEqual(await states(), Array(3).fill('redriven ana settled'));
      assert.deepEqual(await redrive({ pool, producer }, any, 'ana'), { put: 0, left: [] });
      assert.equal(put.length, 3);
    });

    it('do not go round for ever when their consumer sets them aside again at once', async () => {
      for (const key of [ANA, BO]) await kept({ key });
      const again: StreamProducer = {
        ...producer,
        put: async (stream, key, body) => {
          await producer.put(stream, key, body);
          await kept({ key, body });
        },
      };
      assert.deepEqual(await redrive({ pool, producer: again }, any, 'ana'), { put: 2, left: [] });
      const open = ['quarantined -', 'quarantined -'];
      assert.deepEqual(await states(), [...Array(2).fill('redriven ana settled'), ...open]);
    });

    it('are those that were meant, by consumer and by reason', async () => {
      await kept({ consumer: 'log', reason: '100% unknown type' });
      await kept({ consumer: 'log', reason: 'no date' });
      await kept({ consumer: 'dialog', reason: '100% unknown type' });
      await redrive({ pool, producer }, { ...any, consumer: 'log', reason: '100% unknown' }, 'ana');
      assert.deepEqual(await states(), ['redriven ana settled', 'quarantined -', 'quarantined -']);
    });

    it('are all of them, however many', async () => {
      await pool.query(
        `INSERT INTO quarantined_record
           (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
         SELECT 'dialog', 'dialog-commands', 's', n::text, $1, 'quarantined', 'r', n::text, now()
           FROM generate_series(1, 250) AS n`,
        [ANA],
      );
      assert.deepEqual(await redrive({ pool, producer }, any, 'ana'), { put: 250, left: [] });
      assert.deepEqual(
        put.map(({ body }) => Number(body)),
        Array.from({ length: 250 }, (_, n) => n + 1),
      );
    });

    it('stay as they are when they were never on a stream, or wait for another', async () => {
      const text = await kept({ consumer: 'gateway', source: 'webhook twilio' });
      const parked = await kept({ ...scope, state: 'parked', version: 3 });
      const { left } = await redrive({ pool, producer }, { ...any, ids: [text, parked] }, 'ana');
      assert.deepEqual(
        left.map(({ id }) => id),
        [text, parked],
      );
      assert.match(left[1]?.why ?? '', /follows by itself when version 1 has come/);
      assert.deepEqual([put, await states()], [[], ['quarantined -', 'parked -']]);
    });

    it('stay quarantined where the stream did not take them', async () => {
      await kept({ key: ANA });
      await kept({ key: BO });
      refuse = (key) => key === BO;
      await assert.rejects(redrive({ pool, producer }, any, 'ana'), /the stream is away/);
      assert.deepEqual(await states(), ['redriven ana settled', 'quarantined -']);
    });

    it('are put once by two who do it at the same time', async () => {
      for (let n = 0; n < 20; n += 1) await kept({});
      await Promise.all([redrive({ pool, producer }, any, 'ana'), redrive({ pool, producer }, any, 'bo')]);
      assert.equal(put.length, 20);
    });
  });

  describe('of dialog events', () => {
    const definition = dialogEventConsumer('outbound', testPseudonyms, async (_tx, batches) => {
      const keys = batches.map(({ phoneNumber, version }) => `${phoneNumber} ${version}`);
      const wrong = keys.find((key) => poison.has(key));
      if (wrong !== undefined) throw new CarillonError('invalid_record', `${wrong} cannot be processed`);
      applied.push(...keys);
      return { entries: [] };
    });
    /** What is on the stream is read, in one batch. */
    async function read(records: readonly { key: string; body: string }[]): Promise<void> {
      await processBatch(
        { pool, definition, scope, worker: 'worker', lease: { shard: 'shard-0', epoch: 1 } },
        records.map(({ body, key }) => {
          sequence += 1;
          return { sequenceNumber: String(sequence), partitionKey: key, body, arrivedAt: new Date(at) };
        }),
        [],
        () => undefined,
      );
    }
    const readBatches = (...batches: [string, number][]): Promise<void> =>
      read(batches.map((batch) => ({ key: batch[0], body: JSON.stringify(sampleBatch(...batch)) })));
    /** The dialog has made this batch, and keeps it. */
    const made = (phone: string, version: number): Promise<unknown> =>
      inTransaction(pool, (tx) => appendBatches(tx, [sampleBatch(phone, version)]));
    const again = (): Promise<void> => read(put.splice(0));

    beforeEach(async () => {
      await registerShards(pool, scope, [{ shard: 'shard-0', parents: [] }]);
      await takeLeases(pool, scope, 'worker', 60_000);
    });

    it('are followed by what was parked behind them, in order, when they are redriven', async () => {
      poison.add(`${ANA} 2`);
      await readBatches([ANA, 1], [ANA, 2], [ANA, 3], [BO, 1], [ANA, 4]);
      assert.deepEqual(await states(), ['quarantined -', 'parked -', 'parked -']);
      poison.clear();
      await redrive({ pool, producer }, any, 'ana');
      await again();
      assert.deepEqual(applied.slice(-3), [`${ANA} 2`, `${ANA} 3`, `${ANA} 4`]);
      assert.deepEqual(await states(), ['redriven ana settled', 'redriven - settled', 'redriven - settled']);
      await readBatches([ANA, 5]);
      assert.equal(applied.at(-1), `${ANA} 5`);
    });

    it('are set aside again, with a row of their own, when the cause is not mended', async () => {
      poison.add(`${ANA} 1`);
      await readBatches([ANA, 1]);
      await redrive({ pool, producer }, any, 'ana');
      await again();
      assert.deepEqual(await states(), ['redriven ana settled', 'quarantined -']);
    });

    it('let what is behind them go on when they are discarded', async () => {
      poison.add(`${ANA} 2`);
      await readBatches([ANA, 1], [ANA, 2], [ANA, 3], [ANA, 4]);
      assert.deepEqual(await discard({ pool, producer }, any, 'ana'), { discarded: 1, woken: 1, left: [] });
      await again();
      assert.deepEqual(applied.slice(-2), [`${ANA} 3`, `${ANA} 4`]);
      assert.deepEqual(await states(), ['discarded ana settled', 'redriven - settled', 'redriven - settled']);
    });

    it('let what comes later go on when they are discarded before anything waits', async () => {
      poison.add(`${ANA} 2`);
      await readBatches([ANA, 1], [ANA, 2]);
      assert.deepEqual(await discard({ pool, producer }, any, 'ana'), { discarded: 1, woken: 0, left: [] });
      await readBatches([ANA, 3]);
      assert.equal(applied.at(-1), `${ANA} 3`);
    });

    it('let others go on also when they cannot be read at all', async () => {
      await readBatches([ANA, 1]);
      await read([{ key: ANA, body: 'no JSON' }]);
      await readBatches([ANA, 3]);
      assert.deepEqual(await discard({ pool, producer }, any, 'ana'), { discarded: 1, woken: 1, left: [] });
      await again();
      assert.equal(applied.at(-1), `${ANA} 3`);
    });

    it('cost their phone nothing when they are no batches at all', async () => {
      await readBatches([ANA, 1]);
      await read([{ key: ANA, body: 'no JSON' }]);
      assert.deepEqual(await discard({ pool, producer }, any, 'ana'), { discarded: 1, woken: 0, left: [] });
      await readBatches([ANA, 2]);
      assert.equal(applied.at(-1), `${ANA} 2`);
    });

    it('cost their phone no batch that the dialog has made, whether it is on its way, waits or was never read', async () => {
      await readBatches([ANA, 1]);
      await read([{ key: ANA, body: 'no JSON' }]);
      await made(ANA, 2);
      await made(ANA, 3);
      await readBatches([ANA, 3]);
      assert.deepEqual(await discard({ pool, producer }, any, 'ana'), { discarded: 1, woken: 1, left: [] });
      await again();
      await readBatches([ANA, 2]);
      assert.deepEqual(applied, [`${ANA} 1`, `${ANA} 2`, `${ANA} 3`]);
    });

    it('cost their phone none that was set aside itself and is redriven later', async () => {
      await readBatches([ANA, 1]);
      await read([{ key: ANA, body: '{}' }]);
      poison.add(`${ANA} 2`);
      await readBatches([ANA, 2], [ANA, 3]);
      const [garbage = assert.fail('nothing was set aside')] = await findRecords(pool, any, ['quarantined'], {
        after: 0,
        limit: 1,
      });
      const { woken } = await discard({ pool, producer }, { ...any, ids: [garbage.id] }, 'ana');
      assert.equal(woken, 0);
      poison.clear();
      await redrive({ pool, producer }, any, 'ana');
      await again();
      assert.deepEqual(applied, [`${ANA} 1`, `${ANA} 2`, `${ANA} 3`]);
    });

    it('stay when something of their phone that comes first is not settled', async () => {
      poison.add(`${ANA} 1`);
      await readBatches([ANA, 1], [ANA, 2]);
      const { rows } = await pool.query<{ id: number }>(
        "SELECT id FROM quarantined_record WHERE state = 'parked'",
      );
      const ids = rows.map(({ id }) => id);
      const { left } = await discard({ pool, producer }, { ...any, ids }, 'ana');
      assert.match(left[0]?.why ?? '', /version 1 of its phone comes first/);
      assert.deepEqual(await states(), ['quarantined -', 'parked -']);
    });

    it('that were woken in vain, because the stream was away, can be redriven by their number', async () => {
      poison.add(`${ANA} 1`);
      await readBatches([ANA, 1], [ANA, 2], [ANA, 3]);
      refuse = () => true;
      await assert.rejects(discard({ pool, producer }, any, 'ana'), /the stream is away/);
      refuse = () => false;
      const { rows } = await pool.query<{ id: number }>(
        'SELECT id FROM quarantined_record WHERE version = 2',
      );
      const ids = rows.map(({ id }) => id);
      assert.deepEqual(await redrive({ pool, producer }, { ...any, ids }, 'ana'), { put: 1, left: [] });
      await again();
      assert.deepEqual(applied, [`${ANA} 2`, `${ANA} 3`]);
    });
  });

  describe('through the command', () => {
    const run = promisify(execFile);
    const root = fileURLToPath(new URL('../../', import.meta.url));
    let prefix: string;
    let streamName: string;

    before(async () => {
      ({ prefix, streamName } = await createStream('dialog-commands'));
    });

    const ops = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
      const { kinesisEndpoint, postgres } = stackFacts();
      const env = {
        ...compileCache(),
        PATH: '',
        DB_HOST: '127.0.0.1',
        DB_PORT: String(postgres.port),
        CONSENT_PEPPER: TEST_PEPPER,
        API_KEY_PEPPER: TEST_KEY_PEPPER,
        DB_NAME: database.name,
        DB_SECRET: JSON.stringify({ username: 'postgres', password: postgres.password }),
        AWS_ENDPOINT_URL_KINESIS: kinesisEndpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        STREAM_PREFIX: prefix,
      };
      return run(process.execPath, ['apps/ops/main.ts', 'quarantine', ...args], { cwd: root, env }).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    };

    it('are listed and shown, and nothing is done to them without --yes', async () => {
      const id = await kept({ reason: 'unknown type\nLAUNCH', body: '{"type":"LAUNCH"}' });
      const list = await ops('list');
      assert.match(list.stdout, new RegExp(`${id}  quarantined  dialog  \\${ANA}  .*unknown type LAUNCH`));
      assert.match((await ops('show', String(id))).stdout, /"type": "LAUNCH"/);
      const dry = await ops('redrive', '--all');
      assert.match(dry.stdout, /nothing was done; --yes would redrive these/);
      assert.deepEqual(await states(), ['quarantined -']);
      assert.deepEqual(await recordsOf(stackFacts().kinesisEndpoint, streamName), []);
    });

    it('are on the stream again, with who did it', async () => {
      await kept({ body: '{"commandId":"1"}' });
      const done = await ops('redrive', '--consumer', 'dialog', '--yes', '--by', 'ana');
      assert.equal(done.code, 0, done.stderr);
      assert.match(done.stdout, /^1 put on their stream again/);
      assert.deepEqual(await recordsOf(stackFacts().kinesisEndpoint, streamName), ['{"commandId":"1"}']);
      assert.deepEqual(await states(), ['redriven ana settled']);
    });

    it('are discarded', async () => {
      await kept({ consumer: 'gateway', source: 'webhook twilio' });
      assert.match((await ops('discard', '--all', '--yes')).stdout, /^1 discarded/);
      assert.match((await states())[0] ?? '', /^discarded \w+ settled$/);
    });

    it('are looked for in the system of this machine, and where there is none, that is said', async () => {
      const env = { ...compileCache(), PATH: '', CARILLON_DATA: '/nowhere' };
      const asked = run(process.execPath, ['scripts/ops.ts', 'quarantine', 'list'], { cwd: root, env });
      await assert.rejects(asked, {
        code: 1,
        stderr: /^No system of npm start keeps its data in \/nowhere \(CARILLON_DATA\)/,
      });
    });

    it('are left alone by a command that is none, which says why in a line', async () => {
      const { code, stderr, stdout } = await ops('show', '999');
      assert.deepEqual([code, stdout, stderr], [2, '', 'there is no record 999\n']);
      assert.equal((await ops('redrive')).code, 2);
    });
  });
});
