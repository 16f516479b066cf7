import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { type Asked, returnShare, type Share, takeShare } from './take.ts';

/** What a share is for is committed so long after it was taken at the latest, in real ms. */
const LONGEST_MS = 10_000;

/** Nothing is planned with it: it is taken again when there is more time. */
export class ShareTooOld extends CarillonError {
  constructor() {
    super('unavailable', `what was planned took more than ${LONGEST_MS / 1_000} s`);
    this.name = 'ShareTooOld';
  }
}

/**
 * What one turn of a campaign has taken of throttle groups, so that nothing of it is lost where nothing that was planned with it
 * is committed: only whoever dies, or does not know whether a commit was done, has used it.
 */
export class InHand {
  readonly #pool: Pool;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  #held: (Pick<Share, 'count' | 'taken'> & { campaignId: string; takenAt: number }) | null = null;

  /** `pool`: where shares are taken, beside the transaction that plans. */
  constructor(pool: Pool, clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** As `takeShare` does. */
  async take(asked: Asked): Promise<Share> {
    // Before it waits for the groups: never later than it is taken.
    const takenAt = this.#clock.monotonic();
    const share = await takeShare(this.#pool, asked, this.#clock);
    this.#held = { ...share, campaignId: asked.campaignId, takenAt };
    return share;
  }

  /** Keeps so many messages and calls of it, and gives back the others; `waits`: people of the campaign still wait. */
  async keep(used: number, { waits }: { waits: boolean }): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    // Should that fail, nobody knows whether the others were given back: they are not given back again.
    this.#held = { ...held, count: used };
    await returnShare(this.#pool, held, { back: held.count - used, waits }, this.#clock);
  }

  /**
   * To be called before the commit is sent: from then on what is kept is used. Throws where it was taken so long ago that what is
   * planned with it would stand in another period than it is counted in.
   */
  commits(): void {
    const held = this.#held;
    if (held !== null && held.count > 0 && this.#clock.monotonic() - held.takenAt > LONGEST_MS) {
      throw new ShareTooOld();
    }
    this.#held = null;
  }

  /**
   * Gives everything back, as if nothing had been taken: what was planned with it is rolled back, or certainly will be. Where that fails too it stays used; the
   * error to tell of is the one before.
   */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    const undone = { back: held.count, waits: true, isUndone: true };
    await returnShare(this.#pool, held, undone, this.#clock).catch(() => undefined);
  }
}
