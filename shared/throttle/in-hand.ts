import type { Pool } from '#shared/postgres/pool.ts';
import { type Asked, returnShare, type Share, takeShare } from './take.ts';

/**
 * What one turn of a campaign has taken of throttle groups, so that nothing of it is lost where nothing that was planned with it
 * is committed: only whoever dies, or does not know whether a commit was done, has used it.
 */
export class InHand {
  readonly #pool: Pool;
  #held: (Pick<Share, 'count' | 'taken'> & { campaignId: string }) | null = null;

  /** `pool`: where shares are taken, beside the transaction that plans. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** As `takeShare` does. `now`: business time. */
  async take(asked: Asked, now: Date): Promise<Share> {
    const share = await takeShare(this.#pool, asked, now);
    this.#held = { ...share, campaignId: asked.campaignId };
    return share;
  }

  /** Keeps so many messages and calls of it, and gives back the others; `waits`: people of the campaign still wait. */
  async keep(used: number, { waits }: { waits: boolean }, now: Date): Promise<void> {
    const held = this.#held;
    if (held === null) return;
    // Should that fail, nobody knows whether the others were given back: they are not given back again.
    this.#held = { ...held, count: used };
    await returnShare(this.#pool, held, { back: held.count - used, waits }, now);
  }

  /** To be called before the commit is sent: from then on what is kept is used. */
  commits(): void {
    this.#held = null;
  }

  /**
   * Gives everything back: what was planned with it is rolled back, or certainly will be. Where that fails too it stays used; the
   * error to tell of is the one before.
   */
  async release(now: Date): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    await returnShare(this.#pool, held, { back: held.count, waits: true }, now).catch(() => undefined);
  }
}
