import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { type LeaseHolder, LeaseKeeper } from '#shared/leases/keeper.ts';
import { type Lease, registerShards } from '#shared/leases/store.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Publisher } from '#shared/outbox/publish.ts';
import { Pause } from '#shared/pause.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { readShareOf, type StreamName } from '#shared/topology.ts';
import type { StreamConsumerDefinition } from './definition.ts';
import { FanOutReader, type SubscriptionPace, subscribeWith } from './fan-out-reader.ts';
import { PollingReader } from './polling-reader.ts';
import { ReadBudget } from './shard-limits.ts';
import type { ShardReader } from './shard-reader.ts';
import { ShardWorker } from './shard-worker.ts';
import { listShards } from './shards.ts';
import type { WakeHints } from './wake-hints.ts';

export interface StreamConsumerDeps {
  kinesis: KinesisClient;
  /** The stream's name in this environment. */
  nameOf(stream: StreamName): string;
  pool: Pool;
  /** Where the outboxes of its shards go. */
  publisher: Publisher;
  hints: WakeHints | null;
  /** Reads as this registered consumer, with a client of `createFanOutKinesis`; left out: polls. */
  fanOut?: { kinesis: KinesisClient; consumerArn: string; pace?: SubscriptionPace };
  /** Unique per process. */
  worker: string;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
  /** Most records of one transaction. */
  batchSize: number;
  /** Its part of what the stream's shards give to those who poll; left out: as the topology says. */
  readShare?: number;
  leaseMs?: number;
  heartbeatMs?: number;
  /** How often the stream's shards are listed, in ms. */
  discoverMs?: number;
}

export interface StreamConsumer {
  /** Shards being worked on now. */
  shards(): string[];
  /** Whether the stream's shards are known and leased or left to others. */
  started(): boolean;
  /** Hands over: ends batches in flight, publishes what they left, releases all leases. */
  stop(): Promise<void>;
}

/** Most records of one GetRecords: a read is scarce (five a second and shard), a transaction is not. */
const READ_LIMIT = 5_000;
/** Pause of an idle consumer between reads, in ms: shorter when no hint can arrive. */
const IDLE_MS = { hinted: 2_000, alone: 1_000 };

/**
 * Consumes a stream: as many tasks as there are shards may share it. Each shard is worked on by one task at a time,
 * in order; effects in PostgreSQL happen exactly once, what leaves through the outbox at least once and in order.
 */
export function startStreamConsumer<T>(
  definition: StreamConsumerDefinition<T>,
  deps: StreamConsumerDeps,
): StreamConsumer {
  const { clock, fanOut, kinesis, logger, pool } = deps;
  // What is sent to us needs nobody to say that it is there.
  const hints = fanOut === undefined ? deps.hints : null;
  const scope = { consumer: definition.consumer, source: definition.stream };
  const streamName = deps.nameOf(definition.stream);
  const readShare = deps.readShare ?? readShareOf(definition.stream, definition.consumer);
  const workers = new Map<string, ShardWorker<T>>();
  const stopping = new AbortController();
  let discovered = false;
  const untilDiscovery = new Pause(clock);

  const keeper = new LeaseKeeper({
    pool,
    scope,
    worker: deps.worker,
    clock,
    logger,
    onFailure: deps.onFailure,
    ...(deps.leaseMs === undefined ? {} : { leaseMs: deps.leaseMs }),
    ...(deps.heartbeatMs === undefined ? {} : { heartbeatMs: deps.heartbeatMs }),
    hold,
  });

  function readerOf({ shard, checkpoint: after }: Lease): ShardReader {
    if (fanOut !== undefined) {
      const subscribe = subscribeWith(fanOut.kinesis, fanOut.consumerArn, shard);
      const { pace } = fanOut;
      return new FanOutReader({ subscribe, clock, shard, after, ...(pace ? { pace } : {}) });
    }
    const budget = new ReadBudget(clock, readShare);
    return new PollingReader({ kinesis, clock, budget, streamName, shard, after, limit: READ_LIMIT });
  }

  function hold(lease: Lease): LeaseHolder {
    const { shard } = lease;
    const worker = new ShardWorker<T>({
      pool,
      definition,
      scope,
      worker: deps.worker,
      lease,
      reader: readerOf(lease),
      publisher: deps.publisher,
      clock,
      logger,
      metrics: deps.metrics,
      batchSize: deps.batchSize,
      ...(deps.liveness ? { liveness: deps.liveness } : {}),
      hinted: () => hints?.connected() ?? false,
      idleMs: () => (hints?.connected() ? IDLE_MS.hinted : IDLE_MS.alone) * (0.75 + clock.random() / 2),
      onLost: () => {
        deps.metrics.observe('LeasesLost', 1, { Consumer: scope.consumer });
        logger.warn({ ...scope, shard }, 'the lease was lost while working on it; nothing was done twice');
        gone();
      },
      onEnded: () => {
        logger.info({ ...scope, shard }, 'the shard has ended');
        gone();
        untilDiscovery.cut();
        // Its children may be known already and only have waited for this.
        keeper.nudge();
      },
      onFailure: deps.onFailure,
    });
    workers.set(shard, worker);
    const holder: LeaseHolder = {
      stop: async () => {
        await worker.stop();
        if (workers.get(shard) === worker) workers.delete(shard);
      },
    };
    return holder;

    function gone(): void {
      if (workers.get(shard) === worker) workers.delete(shard);
      keeper.forget(shard, holder);
    }
  }

  /** Lists the stream's shards now and then: at the start, at intervals, and when one has ended. */
  async function discover(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const added = await registerShards(pool, scope, await listShards(kinesis, streamName));
        if (!discovered) keeper.start();
        discovered = true;
        if (added > 0) keeper.nudge();
      } catch (error) {
        logger.warn({ ...scope, err: error }, `listing shards failed: ${messageOf(error)}`);
      }
      if (!stopping.signal.aborted)
        await untilDiscovery.wait(discovered ? (deps.discoverMs ?? 60_000) : 1_000);
    }
  }

  const unsubscribe = hints?.subscribe(definition.stream, (shard) => workers.get(shard)?.hint());
  const discovering = discover();
  return {
    shards: () => keeper.shards(),
    started: () => discovered,
    stop: async () => {
      stopping.abort();
      untilDiscovery.cut();
      unsubscribe?.();
      await discovering;
      await keeper.stop();
    },
  };
}
