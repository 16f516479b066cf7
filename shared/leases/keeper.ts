import type { Clock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { Pause } from '#shared/pause.ts';
import { isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import {
  type Lease,
  type LeaseScope,
  releaseLeases,
  removeWorker,
  renewLeases,
  takeLeases,
} from './store.ts';

/**
 * How long a lease outlives its last renewal. Longer than any statement or transaction may last
 * (`shared/postgres/pool.ts`), so that a holder that hangs cannot still hold a row lock when it is replaced.
 */
export const LEASE_MS = 10_000;
/** How often leases are renewed and balanced. */
export const HEARTBEAT_MS = 3_000;

/** What works on one leased shard. */
export interface LeaseHolder {
  /** Asked to hand over: finishes what is in flight and resolves. The keeper releases the lease after it. */
  stop(): Promise<void>;
}

export interface LeaseKeeperOptions {
  pool: Pool;
  scope: LeaseScope;
  /** Unique per process. */
  worker: string;
  clock: Clock;
  logger: Logger;
  /** Starts work on a lease that was gained. */
  hold(lease: Lease): LeaseHolder;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
  leaseMs?: number;
  heartbeatMs?: number;
}

/**
 * Keeps one worker's leases of one scope: renews them, takes what is free, asks for its share, hands over what others
 * ask for. States of a lease here: held -> (asked or lost or stopping) -> ending -> gone.
 * What it believes may be out of date; effects are safe all the same, because each is fenced (`lockLease`).
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, { lease: Lease; holder: LeaseHolder; ending: Promise<void> | null }>();
  readonly #leaseMs: number;
  readonly #heartbeatMs: number;
  readonly #stop = new AbortController();
  #loop: Promise<void> | null = null;
  readonly #leaving: Lease[] = [];
  #released: Promise<void> | null = null;
  readonly #pause: Pause;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#pause = new Pause(options.clock);
  }

  start(): void {
    this.#loop ??= this.#run().catch((error: unknown) => this.#options.onFailure(error));
  }

  /** Names of the shards being worked on, in no order. */
  shards(): string[] {
    return [...this.#held].filter(([, held]) => held.ending === null).map(([shard]) => shard);
  }

  /** Balances now instead of at the next heartbeat: new shards have been registered. */
  nudge(): void {
    this.#pause.cut();
  }

  /** A holder found that its lease is gone, or that its shard has ended: forget it without a release. */
  forget(shard: string, holder: LeaseHolder): void {
    if (this.#held.get(shard)?.holder === holder) this.#held.delete(shard);
  }

  /** Ends all work, gives all leases back, leaves the set of workers. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.nudge();
    await this.#loop;
    await Promise.all([...this.#held.keys()].map((shard) => this.#handOver(shard)));
    const { pool, scope, worker } = this.#options;
    await removeWorker(pool, scope, worker).catch((error: unknown) => this.#report(error, 'leaving'));
  }

  async #run(): Promise<void> {
    const { pool, scope, worker } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#reconcile(await renewLeases(pool, scope, worker));
        for (const lease of await takeLeases(pool, scope, worker, this.#leaseMs)) {
          if (!this.#stop.signal.aborted) this.#hold(lease);
          // Taken while stopping: somebody else shall not have to wait until it runs out.
          else await this.#release(lease);
        }
      } catch (error) {
        if (!isTransientDatabaseError(error)) throw error;
        this.#report(error, 'renewing leases');
      }
      if (!this.#stop.signal.aborted) await this.#pause.wait(this.#heartbeatMs);
    }
  }

  /** Compares what the database says with what is being worked on. */
  async #reconcile(owned: readonly (Lease & { wantedBy: string | null })[]): Promise<void> {
    const byShard = new Map(owned.map((lease) => [lease.shard, lease]));
    for (const [shard, { lease }] of [...this.#held]) {
      const current = byShard.get(shard);
      if (current === undefined || current.epoch !== lease.epoch) this.#end(shard, 'lost');
      else if (current.wantedBy !== null) this.#end(shard, 'asked for');
    }
    for (const lease of owned) if (!this.#held.has(lease.shard)) this.#hold(lease);
  }

  #hold(lease: Lease): void {
    if (this.#held.has(lease.shard) || this.#stop.signal.aborted) return;
    this.#options.logger.info(
      { ...this.#options.scope, shard: lease.shard, epoch: lease.epoch },
      'lease gained',
    );
    this.#held.set(lease.shard, { lease, holder: this.#options.hold(lease), ending: null });
  }

  #end(shard: string, why: string): void {
    this.#options.logger.info({ ...this.#options.scope, shard }, `lease ${why}`);
    void this.#handOver(shard).catch((error: unknown) => this.#options.onFailure(error));
  }

  /** Stops the holder once, then releases. Releasing a lease that is not ours any more changes nothing. */
  #handOver(shard: string): Promise<void> {
    const held = this.#held.get(shard);
    if (!held) return Promise.resolve();
    held.ending ??= (async () => {
      await held.holder.stop();
      await this.#release(held.lease);
      // The shard may have been gained anew meanwhile, with a holder of its own.
      if (this.#held.get(shard) === held) this.#held.delete(shard);
    })();
    return held.ending;
  }

  /** In one statement what is given back in the same turn of the event loop: slots of an outbox come by the dozen. */
  #release(lease: Lease): Promise<void> {
    this.#leaving.push(lease);
    this.#released ??= new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      const leases = this.#leaving.splice(0);
      this.#released = null;
      const { pool, scope, worker } = this.#options;
      const release = (): Promise<void> => releaseLeases(pool, scope, worker, leases, this.#leaseMs);
      try {
        // Many slots would stand still for one lost connection: what passes is tried once more.
        await release().catch((error: unknown) => {
          if (!isTransientDatabaseError(error)) throw error;
          return release();
        });
      } catch (error) {
        // They run out by themselves then; the next owner waits for that.
        this.#report(error, 'releasing leases');
      }
    });
    return this.#released;
  }

  #report(error: unknown, doing: string): void {
    this.#options.logger.warn({ ...this.#options.scope, err: error }, `${doing} failed: ${messageOf(error)}`);
  }
}
