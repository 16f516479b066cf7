import { type BusinessOffset, type Clock, systemClock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { Pause } from '#shared/pause.ts';
import { isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import { BusinessTime } from './business-time.ts';
import { REPORT_MS } from './jump.ts';
import { type KeptClock, readClock, reportInstance } from './store.ts';

export interface FollowOptions {
  pool: Pool;
  /** Unique per process. */
  instance: string;
  pid: number;
  logger: Logger;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
  /** The machine's clock. */
  machine?: Clock;
}

/** Business time of one instance of the local stack, as its database has it. */
export interface FollowedTime extends BusinessOffset {
  /** The clock may have changed, or a change may have been missed: looks now. */
  look(): void;
  /** Reports no more. Its last report stands; nobody waits for a process that is gone. */
  stop(): Promise<void>;
}

/**
 * Follows the business clock: reads it before it resolves, and then whenever `look` is called or REPORT_MS have passed.
 * It acknowledges an announcement as soon as it knows it, and a jump once the jump is in force here. Without the database
 * business time goes on as it was. Rejects when the clock cannot be read at the start.
 */
export async function followBusinessClock(options: FollowOptions): Promise<FollowedTime> {
  const { instance, logger, pid, pool, machine = systemClock() } = options;
  const pause = new Pause(machine);
  let stopping = false;
  let kept: KeptClock = await readClock(pool);
  const time = new BusinessTime(machine, kept);
  time.onJump(() => {
    logger.info({ offsetMs: time.offsetMs() }, 'business time was skipped');
    pause.cut();
  });

  /** A jump that is still to come is acknowledged as far as its announcement. */
  const followed = (): number => (time.isInForce ? kept.version : kept.version - 1);

  /** Reports until the report says what is known when it ends. */
  async function report(): Promise<void> {
    let version: number;
    do {
      version = followed();
      kept = await reportInstance(pool, { instance, pid, version });
      time.take(kept);
    } while (!stopping && followed() !== version);
  }

  async function run(): Promise<void> {
    while (!stopping) {
      await pause.wait(REPORT_MS);
      if (stopping) return;
      try {
        await report();
      } catch (error) {
        if (!isTransientDatabaseError(error)) throw error;
        logger.warn({ err: error }, `the business clock cannot be read: ${messageOf(error)}`);
      }
    }
  }

  await report();
  const running = run().catch((error: unknown) => options.onFailure(error));
  return {
    offsetMs: () => time.offsetMs(),
    onJump: (listener) => time.onJump(listener),
    look: () => pause.cut(),
    stop: async () => {
      stopping = true;
      time.close();
      pause.cut();
      await running;
    },
  };
}
