import assert from 'node:assert/strict';
import { Logger, run, runMigrations } from 'graphile-worker';
import { systemClock } from '#shared/clock.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import { execute } from '#shared/dialog/batch.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import { readBatches, writeStates } from '#shared/dialog/store.ts';
import { fileDrills, sampleContentDirectory } from '#shared/drills/drills.ts';
import type { StreamRecord } from '#shared/kinesis/definition.ts';
import { parseAhead } from '#shared/kinesis/parse-ahead.ts';
import { processBatch } from '#shared/kinesis/process-batch.ts';
import { registerShards, renewLeases, takeLeases } from '#shared/leases/store.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase } from '#test/stack/stack.ts';
import { dialogConsumer } from '../apps/dialog/handle-commands.ts';
import { publish } from './figures.ts';
import {
  aimsOf,
  benchmarkArguments,
  type Contender,
  compare,
  POSTGRES,
  startBenchStack,
  tableOf,
} from './harness.ts';

/**
 * The dialog engine against one transaction per command, on one and on eight connections, and against jobs of
 * graphile-worker, a queue to a phone.
 *
 *   node bench/dialog-engine.bench.ts [--quick] [--json FILE]
 *
 * Work: people in the middle of a drill text answers; who texts follows Zipf's law over 5,000 phones. Every contender
 * runs the same pure engine over the same commands and writes the same rows (state, events, executed id, outbox).
 * Ours is the production path: fenced by a lease, set-wise, with its checkpoint. The baseline is what one would write
 * by hand with pg: remember the command id (stop if known), lock and read the state, write state, events and outbox.
 * graphile-worker runs the same transaction for each job; that jobs get into its tables is not counted.
 * Gate: every command executed once, versions of each phone without gaps, stored states equal to their events.
 */
const { quick, json } = benchmarkArguments();
const PHONES = 5_000;
const COMMANDS = quick ? 2_000 : 6_000;
const REPETITIONS = quick ? 3 : 5;
const BATCH = 500;

const ourNumber = phoneNumber('+14155550199');
const drills = await fileDrills(sampleContentDirectory, ourNumber);
const content = await drills.current();
const programme = content.programmeOwning(ourNumber);
const slug = programme?.drills[0];
const drill = slug === undefined ? null : await content.drill(slug);
assert.ok(programme && drill, 'the sample programme has a first drill');

const clock = systemClock();
const phoneOf = (index: number) => phoneNumber(`+1415${String(5_550_000 + index).padStart(7, '0')}`);
const uuid = (kind: number, n: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Zipf with exponent 1 over the phones, from a fixed seed. */
function zipf(count: number): number[] {
  const weights = Array.from({ length: PHONES }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cumulative = weights.map(
    (
      (sum) => (weight: number) =>
        (sum += weight / total)
    )(0),
  );
  let seed = 42;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  return Array.from({ length: count }, () => {
    const at = random();
    return cumulative.findIndex((bound) => bound >= at);
  });
}

const inDrill = Array.from({ length: PHONES }, (_, index): DialogState => {
  const profile = { ...initialState(phoneOf(index), 'en').profile, validated: true };
  const state = { ...initialState(phoneOf(index), 'en'), profile };
  const start: DialogCommand = {
    type: 'START_DRILL',
    commandId: uuid(1, index),
    phoneNumber: state.phoneNumber,
    occurredAt: '2026-03-02T15:00:00.000Z',
    payload: {
      drillSlug: drill.slug,
      drillInstanceId: uuid(2, index),
      origin: { kind: 'planned', senderNumber: ourNumber, intent: 'transactional' },
    },
  };
  const facts = {
    drill,
    programme,
    codeVerdict: null,
    suppressed: false,
    overtaken: false,
    isCampaignActive: true,
    defaultLanguage: 'en',
  };
  const started = execute(start, state, facts, clock.now());
  assert.ok(started);
  return { ...started.state, version: 0 };
});

const commands = zipf(COMMANDS).map(
  (index, n): DialogCommand => ({
    type: 'INBOUND_SMS',
    commandId: uuid(3, n),
    phoneNumber: phoneOf(index),
    occurredAt: '2026-03-02T15:00:00.000Z',
    payload: {
      from: phoneOf(index),
      to: ourNumber,
      body: n % 3 === 0 ? 'b' : 'something else entirely',
      media: [],
      carrier: 'twilio',
      carrierMessageId: `SM${n}`,
      receivedAt: '2026-03-02T15:00:00.000Z',
      consent: null,
    },
  }),
);
const records = commands.map(
  (command, n): StreamRecord => ({
    sequenceNumber: String(n),
    partitionKey: command.phoneNumber,
    body: JSON.stringify(command),
    arrivedAt: clock.now(),
  }),
);

const stack = await startBenchStack();
const database = await createDatabase();
const connection = { host: '127.0.0.1', port: stack.facts.postgres.port, database: database.name };
const poolOf = (max: number): Pool =>
  createPool(
    {
      ...connection,
      user: 'postgres',
      password: stack.facts.postgres.password,
      max,
      applicationName: 'bench',
    },
    () => undefined,
  );
const pool = poolOf(8);
/** Of graphile-worker itself: its jobs have the other one. */
const jobs = poolOf(10);
// It asks for this: a connection that it holds may break as well.
jobs.on('connect', (client) => client.on('error', () => undefined));

const snapshots = new DrillSnapshots();
async function prepare(): Promise<void> {
  await pool.query(
    'TRUNCATE dialog_state, dialog_drill, dialog_event_batch, processed_command, outbox, lease, lease_worker',
  );
  await inTransaction(pool, (tx) => writeStates(tx, snapshots, inDrill, clock.now()));
  await pool.query('VACUUM ANALYZE dialog_state');
}

async function check(commandCount: number): Promise<void> {
  const { rows } = await pool.query<{ executed: number; batches: number; gaps: number; outbox: number }>(
    `SELECT (SELECT count(*)::int FROM processed_command) AS executed,
            (SELECT count(*)::int FROM dialog_event_batch) AS batches,
            (SELECT count(*)::int FROM (SELECT phone_number, max(version) AS last, count(*) AS count
                                          FROM dialog_event_batch GROUP BY 1) AS v WHERE last <> count) AS gaps,
            (SELECT count(*)::int FROM outbox) AS outbox`,
  );
  const counted = rows[0];
  assert.ok(counted);
  assert.equal(counted.executed, commandCount);
  assert.equal(counted.gaps, 0);
  assert.equal(counted.outbox, counted.batches);
  const busiest = phoneOf(0);
  const stored = await pool.query<{ state: DialogState }>(
    'SELECT state FROM dialog_state WHERE phone_number = $1',
    [busiest],
  );
  const rebuilt = rebuild(await readBatches(pool, busiest));
  assert.equal(stored.rows[0]?.state.version, rebuilt?.version);
}

const timed = (
  name: string,
  work: () => Promise<void>,
  commandCount = COMMANDS,
  before: () => Promise<void> = async () => undefined,
): Contender => ({
  name,
  run: async () => {
    await prepare();
    await before();
    const began = performance.now();
    await work();
    const seconds = (performance.now() - began) / 1_000;
    await check(commandCount);
    return commandCount / seconds;
  },
});

const consumer = dialogConsumer({
  pseudonyms: testPseudonyms,
  drills,
  clock,
  logger: silentLogger,
  metrics: noMetrics,
  defaultSender: ourNumber,
  defaultLanguage: 'en',
});
/** As the worker of a shard does it: the next batch is parsed meanwhile. */
const ours = timed(`ours: set-wise, ${BATCH} a transaction, 1 connection`, async () => {
  const scope = { consumer: 'dialog', source: 'dialog-commands' };
  await registerShards(pool, scope, [{ shard: 's', parents: [] }]);
  await renewLeases(pool, scope, 'bench');
  const [lease] = await takeLeases(pool, scope, 'bench', 10_000);
  assert.ok(lease);
  const parts = { pool, definition: consumer, scope, worker: 'bench', lease };
  for await (const batch of parseAhead(consumer, records, BATCH)) {
    await processBatch(parts, batch.records, [], () => undefined, batch.understood);
  }
});

async function oneCommand(own: Pool, record: StreamRecord): Promise<void> {
  const command = consumer.parse(record.body);
  await inTransaction(own, async (tx: Transaction) => {
    const { rowCount } = await tx.query(
      'INSERT INTO processed_command (command_id) VALUES ($1) ON CONFLICT DO NOTHING',
      [command.commandId],
    );
    if (rowCount === 0) return;
    // With the drill in the same row, as one would do without a thought for its size: the most favourable read.
    const { rows } = await tx.query<{ state: DialogState; drill: Drill | null }>(
      `SELECT state, drill FROM dialog_state LEFT JOIN dialog_drill ON hash = drill_hash
        WHERE phone_number = $1 FOR UPDATE OF dialog_state`,
      [command.phoneNumber],
    );
    const row = rows[0];
    const state = row ? { ...row.state, currentDrill: row.drill } : initialState(command.phoneNumber, 'en');
    const facts = {
      drill: null,
      programme,
      codeVerdict: null,
      suppressed: false,
      overtaken: false,
      isCampaignActive: true,
      defaultLanguage: 'en',
    };
    const result = execute(command, state, facts, clock.now());
    if (!result) return;
    const { batch } = result;
    await tx.query(
      'UPDATE dialog_state SET version = $2, state = $3, updated_at = now() WHERE phone_number = $1',
      [command.phoneNumber, result.state.version, JSON.stringify(result.state)],
    );
    await tx.query(
      `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at) VALUES ($1, $2, $3, $4, $5)`,
      [batch.phoneNumber, batch.version, batch.commandId, JSON.stringify(batch), batch.occurredAt],
    );
    await tx.query(
      `INSERT INTO outbox (producer, partition, kind, target, ordering_key, body)
       VALUES ('dialog', 's', 'stream', 'dialog-events', $1, $2)`,
      [batch.phoneNumber, JSON.stringify(batch)],
    );
  });
}

/** A transaction per command is slow: fewer commands give the same rate. */
const SINGLE = quick ? 500 : 3_000;

/** Each phone belongs to one lane, so that its order is kept. */
const perCommand = (lanes: number): Contender =>
  timed(
    `one transaction per command, ${lanes} connection(s)`,
    async () => {
      const queues = Array.from({ length: lanes }, (): StreamRecord[] => []);
      for (const record of records.slice(0, SINGLE)) {
        queues[Number(record.partitionKey.slice(-4)) % lanes]?.push(record);
      }
      await Promise.all(
        queues.map(async (queue) => {
          for (const record of queue) await oneCommand(pool, record);
        }),
      );
    },
    SINGLE,
  );

const JOBS = quick ? 300 : 1_500;

/**
 * A queue to a phone keeps its order, with times of running that tell its jobs apart. Eight jobs at once; `localQueue`: taken
 * by the hundred and completed together, as its manual advises for many small ones, or one by one. Only one job of a phone is
 * given out at a time, and of whoever texts most there is always one more: it looks again after 10 ms instead of 2 s, without
 * which it does 7 commands a second.
 */
const graphileWorker = (how: string, localQueue: number): Contender =>
  timed(
    `graphile-worker, a queue to a phone, 8 jobs at once, ${how}`,
    async () => {
      const all = Promise.withResolvers<void>();
      let done = 0;
      const runner = await run({
        pgPool: jobs,
        noHandleSignals: true,
        logger: new Logger(() => () => undefined),
        preset: {
          worker: {
            concurrentJobs: 8,
            pollInterval: 10,
            ...(localQueue > 0 ? { localQueue: { size: localQueue }, completeJobBatchDelay: 0 } : {}),
          },
        },
        taskList: {
          command: async (payload) => {
            const record = records[(payload as { n: number }).n];
            assert.ok(record);
            await oneCommand(pool, record);
            done += 1;
            if (done === JOBS) all.resolve();
          },
        },
      });
      await Promise.race([all.promise, runner.promise]);
      await runner.stop();
    },
    JOBS,
    async () => {
      await pool.query('TRUNCATE graphile_worker._private_jobs, graphile_worker._private_job_queues CASCADE');
      await pool.query(
        `SELECT graphile_worker.add_jobs(array_agg(
                ROW('command', json_build_object('n', n - 1), phone, now() - interval '1 hour' + n * interval '1 millisecond',
                    NULL, NULL, NULL, NULL)::graphile_worker.job_spec))
         FROM unnest($1::text[]) WITH ORDINALITY AS command(phone, n)`,
        [records.slice(0, JOBS).map(({ partitionKey }) => partitionKey)],
      );
      await pool.query('ANALYZE graphile_worker._private_jobs, graphile_worker._private_job_queues');
    },
  );

try {
  await runMigrations({ pgPool: jobs });
  const result = await compare({
    unit: 'commands',
    ours,
    others: [
      { ...perCommand(1), atLeast: 10 },
      { ...perCommand(8), atLeast: 5 },
      { ...graphileWorker('one by one', 0), atLeast: 20 },
      { ...graphileWorker('by the hundred', 100), atLeast: 20 },
    ],
    repetitions: REPETITIONS,
  });
  await publish(
    {
      benchmark: 'dialog-engine',
      config: {
        phones: PHONES,
        commands: COMMANDS,
        distribution: 'Zipf 1.0',
        repetitions: REPETITIONS,
        postgres: POSTGRES,
      },
      tables: [tableOf(result)],
      aims: aimsOf(result),
    },
    json,
  );
} finally {
  await pool.end();
  await jobs.end();
  await database.drop();
  await stack.stop();
}
