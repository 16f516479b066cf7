import {
  inTransaction,
  isTransientDatabaseError,
  type Pool,
  type Transaction,
} from '#shared/postgres/pool.ts';
import type { Simulation } from './simulation.ts';
import type { Running } from './world.ts';

/** Before they try again what was not answered. */
const AGAIN_MS = { least: 200, most: 2_000 };

/**
 * Somebody who works with the console, under the role of the API, whose own tasks are no part of a run. They are neither killed nor stopped,
 * but their connections break as everybody's do.
 */
export class Staff implements Running {
  readonly name = 'staff';
  readonly service = 'api';
  readonly alive = true;
  readonly deafUntil = 0;
  readonly #simulation: Simulation;
  readonly #pool: Pool;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#pool = simulation.connections.pool(this, this.service, 1, false);
  }

  /** In a transaction, at the time that it is given, again and again until it is known to be committed. Begun at once, and under way while others go on. */
  async does(work: (tx: Transaction, now: Date) => Promise<void>): Promise<void> {
    const { world } = this.#simulation;
    await world.as(this, async () => {
      for (;;) {
        try {
          return await inTransaction(this.#pool, (tx) => work(tx, world.time()));
        } catch (error) {
          // Anything else is a mistake of ours, which nobody hears, and the run says so.
          if (!isTransientDatabaseError(error)) throw error;
          world.scheduler.note(
            `${this.name} has no answer: ${error instanceof Error ? error.message : error}`,
          );
          await world.clock(null).sleep(world.between(AGAIN_MS.least, AGAIN_MS.most));
        }
      }
    });
  }

  async die(): Promise<void> {
    throw new Error('staff is not killed');
  }

  pause(): void {
    throw new Error('staff is not stopped');
  }
}
