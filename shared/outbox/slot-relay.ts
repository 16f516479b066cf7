import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { LeaseKeeper } from '#shared/leases/keeper.ts';
import { registerShards } from '#shared/leases/store.ts';
import { type Liveness, unwatched } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { Pause } from '#shared/pause.ts';
import { isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import { publishableParts } from './parts.ts';
import type { Publisher } from './publish.ts';
import { deletePublished, hasRows, readOutbox } from './read.ts';
import { type OutboxRow, slotNames } from './write.ts';

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
  /** Told of every turn; left out: nobody watches. */
  liveness?: Liveness;
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

/** Rows read of one slot in one round. */
const ROWS_OF_A_SLOT = 50;
/**
 * What is read in a round is shared out among so many lanes: where some records are refused at first, only those of their lane
 * wait for them, and what is written meanwhile. A key has one slot, so its rows never meet. All lanes together have little enough on its way for a
 * publisher's patience, should all of it go to one shard.
 */
const LANES = 4;
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

  /**
   * One round: what lies in our slots, streams and queues each for themselves, so that one that is away does not keep
   * the other waiting. Resolves with the number of rows; rejects when one of the two failed. Where nothing is expected, it is
   * asked first whether there is anything: that is what a service that has nothing to do asks every second.
   */
  async function publishOnce(isExpected = true): Promise<number> {
    if (held.size === 0) return 0;
    if (!isExpected && !(await hasRows(pool, producer, [...held]))) return 0;
    const ended = await Promise.allSettled([publishKind('stream'), publishKind('queue')]);
    const failed = ended.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return ended.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }

  async function publishKind(kind: 'stream' | 'queue'): Promise<number> {
    const rows = await readOutbox(pool, producer, [...held], ROWS_OF_A_SLOT, kind);
    const lanes = Map.groupBy(rows, ({ partition }) => Number(partition) % LANES);
    const ended = await Promise.allSettled([...lanes.values()].map(publishLane));
    const failed = ended.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return rows.length;
  }

  /** Part by part: no part is begun unless all of the one before was acknowledged. */
  async function publishLane(rows: readonly OutboxRow[]): Promise<void> {
    for (const part of publishableParts(rows)) {
      loop.beat();
      await publisher.publish(part.map((row) => row.entry));
      await deletePublished(pool, producer, part);
      options.metrics.observe('OutboxPublished', part.length, {});
    }
  }

  const loop = (options.liveness ?? unwatched).watch('the relay of the outbox');

  async function run(): Promise<void> {
    let failures = 0;
    let isExpected = true;
    await register();
    keeper.start();
    while (!stopping.signal.aborted) {
      loop.beat();
      idle.reset();
      try {
        round = publishOnce(isExpected);
        const count = await round;
        failures = 0;
        isExpected = true;
        if (count > 0) continue;
        isExpected = await idle.wait(options.idleMs ?? 1_000);
      } catch (error) {
        isExpected = true;
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
      loop.beat();
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

  const running = run()
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) options.onFailure(error);
    })
    .finally(() => loop.end());
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
