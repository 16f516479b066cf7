import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';

/** At which carriers these numbers of ours are, of those that we know. */
export async function readCarriers(
  db: Queryable,
  senderNumbers: readonly string[],
): Promise<ReadonlyMap<string, CarrierName>> {
  const { rows } = await db.query<{ sender_number: string; carrier: CarrierName }>(
    'SELECT sender_number, carrier FROM sender WHERE sender_number = ANY ($1)',
    [senderNumbers],
  );
  return new Map(rows.map((row) => [row.sender_number, row.carrier]));
}

/** Shorter pauses are no reason to plan anything another way. */
const LEAST_NOTED_MS = 5_000;
/** So much longer than the pause its note holds: the try that ends a pause takes a moment, and may begin another. */
const MARGIN_MS = 10_000;

/**
 * Tells whoever plans which carriers take nothing just now, as a time until which their numbers are passed over. Each task
 * tells what it finds; a note runs out by itself. A fault is logged: planning goes on as if nothing were known.
 */
export class CarrierPauses {
  readonly #pool: Pool;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #logger: Logger;
  /** Until when, in monotonic ms, by carrier. */
  readonly #noted = new Map<CarrierName, number>();

  constructor(pool: Pool, clock: Pick<Clock, 'monotonic'>, logger: Logger) {
    this.#pool = pool;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** `pauseMs` null: it takes messages again. */
  note(carrier: CarrierName, pauseMs: number | null): void {
    const now = this.#clock.monotonic();
    const noted = this.#noted.get(carrier) ?? 0;
    if (pauseMs === null) {
      if (noted <= now) return;
      this.#noted.delete(carrier);
      void this.#write(carrier, null);
      return;
    }
    const until = now + pauseMs + MARGIN_MS;
    if (pauseMs < LEAST_NOTED_MS || until < noted + MARGIN_MS / 2) return;
    this.#noted.set(carrier, until);
    void this.#write(carrier, until - now);
  }

  async #write(carrier: CarrierName, ms: number | null): Promise<void> {
    try {
      await this.#pool.query(
        `UPDATE sender SET carrier_paused_until = clock_timestamp() + $2::float8 * interval '1 millisecond' WHERE carrier = $1`,
        [carrier, ms],
      );
    } catch (error) {
      this.#logger.warn({ carrier, err: error }, `a pause was not noted: ${messageOf(error)}`);
    }
  }
}
