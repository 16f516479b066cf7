import { isPassing } from '#shared/due-rows.ts';
import { messageOf } from '#shared/errors.ts';
import type { Liveness } from '#shared/liveness.ts';
import { type DeliveryParts, deliverNext } from './deliver.ts';

/** Most requests to one endpoint that one task has under way. */
export const MOST_AT_ONCE = 10;

export interface LaneParts extends DeliveryParts {
  liveness: Liveness;
  onFailure(error: unknown): void;
  /** Breaks requests off. */
  signal: AbortSignal;
}

/**
 * The deliveries of one endpoint, some at a time. It begins with one request, and each that is taken brings one more, up to
 * the most: whoever is away is asked by one request at a time, and whoever is slow is not overrun at once.
 */
export class Lane {
  readonly #endpointId: string;
  readonly #parts: LaneParts;
  readonly #working = new Set<Promise<void>>();
  #stopping = false;

  constructor(endpointId: string, parts: LaneParts) {
    this.#endpointId = endpointId;
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return this.#working.size === 0;
  }

  /** Something is due: goes to work, if it is not there. */
  wake(): void {
    if (this.isIdle) this.#oneMore();
  }

  /** Resolves after the requests in hand. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#working);
  }

  #oneMore(): void {
    if (this.#stopping || this.#working.size >= MOST_AT_ONCE) return;
    const work = this.#work().finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  /** One delivery after the other, until nothing is due, or the endpoint rests. */
  async #work(): Promise<void> {
    const { liveness, logger, onFailure, signal } = this.#parts;
    const watched = liveness.watch('deliveries to an endpoint of webhooks');
    try {
      while (!this.#stopping) {
        watched.beat();
        const outcome = await deliverNext(this.#endpointId, this.#parts, signal);
        if (outcome === 'nothing') return;
        if (outcome === 'delivered') this.#oneMore();
      }
    } catch (error) {
      if (isPassing(error)) {
        logger.warn({ err: error }, `deliveries of webhooks have to wait: ${messageOf(error)}`);
      } else onFailure(error);
    } finally {
      watched.end();
    }
  }
}
