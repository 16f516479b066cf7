import { setTimeout as delay } from 'node:timers/promises';
import Kinesis, { type Polled } from 'lifion-kinesis';
import { systemClock } from '#shared/clock.ts';
import { startStreamConsumer } from '#shared/kinesis/consumer.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { localAws } from '../../apps/local/local-aws.ts';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';
import { STATE_TABLE, type WorkerTask, WRITE_EFFECTS } from './sides.ts';

/** Least time between two polls of a shard, in ms: five a second is what one gives. */
const POLL_MS = 200;

/**
 * One worker of the benchmark of stream consumers, as a process of its own, so that it can be killed. It says `started` to whoever
 * started it; SIGTERM lets it hand over, as each side can, and end.
 */
const task = JSON.parse(process.env.BENCH_WORKER ?? '') as WorkerTask;
const pool = createPool({ ...task.postgres, max: 8, applicationName: task.worker }, () => undefined);
const fail = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
};
// Whoever started it may go before it has begun.
process.once('disconnect', () => process.exit(0));
const stop = task.side === 'ours' ? startOurs() : await startLifion();
process.once('SIGTERM', () => {
  stop()
    .then(() => pool.end())
    .then(() => process.exit(0), fail);
});
// What it took so far, whenever it is asked: seconds of a processor.
process.on('message', () => {
  const { system, user } = process.cpuUsage();
  process.send?.((system + user) / 1e6);
});
process.send?.('started');

/** As services start it, with a share of one: nobody else reads this stream. */
function startOurs(): () => Promise<void> {
  const kinesis = localKinesis(task.kinesisEndpoint);
  const consumer = startStreamConsumer<number>(
    {
      consumer: 'dialog',
      stream: 'dialog-commands',
      parse: Number,
      apply: async (tx, parsed) => {
        const keys = parsed.map(({ partitionKey }) => partitionKey);
        await tx.query(WRITE_EFFECTS, [task.worker, '', keys, parsed.map(({ value }) => value)]);
        return { entries: [] };
      },
    },
    {
      kinesis,
      nameOf: () => task.streamName,
      pool,
      publisher: { publish: async () => undefined },
      hints: null,
      worker: task.worker,
      clock: systemClock(),
      logger: silentLogger,
      metrics: noMetrics,
      onFailure: fail,
      batchSize: 500,
      readShare: 1,
    },
  );
  return () => consumer.stop();
}

/**
 * As its manual has it for at least once: its own checkpoints off, polling paused until what a poll brought is in the
 * database and its checkpoint stored. Leases are looked for every 2 s instead of 20, which is to its advantage.
 */
async function startLifion(): Promise<() => Promise<void>> {
  const credentials = {
    region: localAws.region,
    accessKeyId: localAws.credentials.accessKeyId,
    secretAccessKey: localAws.credentials.secretAccessKey,
  };
  const consumer = new Kinesis({
    ...credentials,
    endpoint: task.kinesisEndpoint,
    dynamoDb: { ...credentials, endpoint: task.dynamoEndpoint, tableName: STATE_TABLE },
    streamName: task.streamName,
    createStreamIfNeeded: false,
    consumerGroup: 'bench',
    initialPositionInStream: 'TRIM_HORIZON',
    leaseAcquisitionInterval: 2_000,
    useAutoCheckpoints: false,
    usePausedPolling: true,
    shouldParseJson: false,
  });
  const underway = new Set<Promise<void>>();
  let stopping = false;
  const handle = async ({ continuePolling, records, setCheckpoint, shardId }: Polled): Promise<void> => {
    const next = delay(POLL_MS);
    const last = records.at(-1);
    if (last !== undefined) {
      const keys = records.map(({ partitionKey }) => partitionKey);
      const numbers = records.map(({ data }) => Number(String(data)));
      await pool.query(WRITE_EFFECTS, [task.worker, shardId, keys, numbers]);
      await setCheckpoint(last.sequenceNumber);
    }
    await next;
    if (!stopping) continuePolling();
  };
  consumer.on('data', (polled: Polled) => {
    const handling = handle(polled)
      .catch(fail)
      .finally(() => underway.delete(handling));
    underway.add(handling);
  });
  consumer.on('error', fail);
  await consumer.startConsumer();
  return async () => {
    stopping = true;
    consumer.stopConsumer();
    await Promise.all(underway);
  };
}
