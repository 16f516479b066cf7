import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { LeaseKeeper } from '#shared/leases/keeper.ts';
import { registerShards } from '#shared/leases/store.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { Pause } from '#shared/pause.ts';
import { isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import type { Publisher } from './publish.ts';
import { deletePublished, readOutbox } from './read.ts';
import { slotNames } from './write.ts';

export interface SlotRelayOptions {
  pool: Pool;
  /** The service whose slots these are. */
  producer: string;
  /** Unique per process. */
  instance: string;
  publisher: Publisher;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  onFailure(error: unknown): void;
  /** Longest pause between looks into the outbox, in ms: how late rows of another task may be noticed. */
  idleMs?: number;
  leaseMs?: number;
  heartbeatMs?: number;
}

export interface SlotRelay {
  /** Rows have been committed: publish now. */
  wake(): void;
  /** Slots leased by this task. */
  slots(): string[];
  /** Publishes what is there, gives the slots back. */
  stop(): Promise<void>;
}

/** Rows published together. */
const BATCH = 1_000;
const RETRY_MS = { first: 100, most: 5_000 };

/**
 * Publishes a service's own outbox: 64 slots by ordering key, shared out among the service's tasks by leases. Rows of
 * a key leave in the order of their ids, each acknowledged before the next; a task that dies leaves rows that the next
 * holder publishes, so each goes out at least once.
 */
export function createSlotRelay(options: SlotRelayOptions): SlotRelay {
  const { clock, logger, pool, producer, publisher } = options;
  const scope = { consumer: producer, source: 'outbox' };
  const held = new Set<string>();
  const stopping = new AbortController();
  const idle = new Pause(clock);
  /** The round of publishing in flight: a slot is given away only between rounds. */
  let round: Promise<number> = Promise.resolve(0);

  const keeper = new LeaseKeeper({
    pool,
    scope,
    worker: options.instance,
    clock,
    logger: logger.child({ outbox: producer }),
    onFailure: options.onFailure,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    hold: ({ shard }) => {
      held.add(shard);
      idle.cut();
      return {
        stop: async () => {
          held.delete(shard);
          // A round that failed has published nothing that the next holder would not repeat.
          await round.catch(() => 0);
        },
      };
    },
  });

  async function publishOnce(): Promise<number> {
    if (held.size === 0) return 0;
    const rows = await readOutbox(pool, producer, [...held], BATCH);
    if (rows.length === 0) return 0;
    await publisher.publish(rows.map((row) => row.entry));
    await deletePublished(pool, producer, rows);
    options.metrics.observe('OutboxPublished', rows.length, {});
    return rows.length;
  }

  async function run(): Promise<void> {
    let failures = 0;
    await register();
    keeper.start();
    while (!stopping.signal.aborted) {
      idle.reset();
      try {
        round = publishOnce();
        const count = await round;
        failures = 0;
        if (count === BATCH) continue;
        await idle.wait(options.idleMs ?? 1_000);
      } catch (error) {
        const passing =
          isTransientDatabaseError(error) || (error instanceof CarillonError && error.retryable);
        if (!passing) throw error;
        logger.warn({ err: error, producer }, `publishing the outbox failed: ${messageOf(error)}`);
        failures += 1;
        // Not cut short by new rows: whatever is away would be asked in a tight loop.
        const ms = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures);
        await clock.sleep(ms, stopping.signal).catch(() => undefined);
      }
    }
  }

  async function register(): Promise<void> {
    for (;;) {
      try {
        await registerShards(
          pool,
          scope,
          slotNames.map((shard) => ({ shard, parents: [] })),
        );
        return;
      } catch (error) {
        if (!isTransientDatabaseError(error) || stopping.signal.aborted) throw error;
        await idle.wait(1_000);
      }
    }
  }

  const running = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) options.onFailure(error);
  });
  return {
    wake: () => idle.cut(),
    slots: () => [...held],
    stop: async () => {
      stopping.abort();
      idle.cut();
      await running;
      round = publishOnce();
      await round.catch((error: unknown) =>
        logger.warn({ err: error, producer }, 'the last round of the outbox failed'),
      );
      await keeper.stop();
    },
  };
}
