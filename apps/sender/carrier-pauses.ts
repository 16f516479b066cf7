import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** Shorter pauses are no reason to plan anything another way. */
const LEAST_NOTED_MS = 5_000;
/** So much longer than the pause its note holds: the try that ends a pause takes a moment, and may begin another. */
const MARGIN_MS = 10_000;

/**
 * Tells whoever plans which carriers take nothing just now, as a time until which their numbers are passed over. Each task
 * tells what it finds, and takes back no more than that: of several notes the one that holds longest counts. A note runs out by
 * itself. A fault is logged: planning goes on as if nothing were known.
 */
export class CarrierPauses {
  readonly #pool: Pool;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #logger: Logger;
  /** Until when, in monotonic ms, by carrier. */
  readonly #noted = new Map<CarrierName, number>();
  /** What the note of this task was written as, by the database's clock. */
  readonly #written = new Map<CarrierName, string>();
  /** Notes are written one after another: what takes one back never comes before it. */
  #writing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, clock: Pick<Clock, 'monotonic'>, logger: Logger) {
    this.#pool = pool;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Resolves when what was noted so far is written. */
  get written(): Promise<void> {
    return this.#writing;
  }

  /** `pauseMs` null: it takes messages again. */
  note(carrier: CarrierName, pauseMs: number | null): void {
    const now = this.#clock.monotonic();
    const noted = this.#noted.get(carrier) ?? 0;
    if (pauseMs === null) {
      if (noted <= now) return;
      this.#noted.delete(carrier);
      this.#write(carrier, () => this.#takeBack(carrier));
      return;
    }
    const until = now + pauseMs + MARGIN_MS;
    if (pauseMs < LEAST_NOTED_MS || until < noted + MARGIN_MS / 2) return;
    this.#noted.set(carrier, until);
    this.#write(carrier, () => this.#put(carrier, until - now));
  }

  #write(carrier: CarrierName, work: () => Promise<void>): void {
    this.#writing = this.#writing
      .then(work)
      .catch((error: unknown) =>
        this.#logger.warn({ carrier, err: error }, `a pause was not noted: ${messageOf(error)}`),
      );
  }

  async #put(carrier: CarrierName, ms: number): Promise<void> {
    const { rows } = await this.#pool.query<{ until: string }>(
      `WITH told AS (SELECT clock_timestamp() + $2::float8 * interval '1 millisecond' AS until),
            locked AS (SELECT sender_number FROM sender WHERE carrier = $1 ORDER BY sender_number FOR UPDATE),
            noted AS (UPDATE sender SET carrier_paused_until = greatest(carrier_paused_until, told.until) FROM told, locked
                       WHERE sender.sender_number = locked.sender_number)
       SELECT until::text FROM told`,
      [carrier, ms],
    );
    const [row] = rows;
    if (row !== undefined) this.#written.set(carrier, row.until);
  }

  /** What another task noted for longer stays: there the carrier takes nothing yet. */
  async #takeBack(carrier: CarrierName): Promise<void> {
    const until = this.#written.get(carrier);
    if (until === undefined) return;
    this.#written.delete(carrier);
    await this.#pool.query(
      `WITH locked AS (SELECT sender_number FROM sender
                        WHERE carrier = $1 AND carrier_paused_until <= $2::timestamptz ORDER BY sender_number FOR UPDATE)
       UPDATE sender SET carrier_paused_until = NULL FROM locked WHERE sender.sender_number = locked.sender_number`,
      [carrier, until],
    );
  }
}
