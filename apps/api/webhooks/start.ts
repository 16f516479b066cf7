import { startDueRows } from '#shared/due-rows.ts';
import { type Liveness, unwatched } from '#shared/liveness.ts';
import type { DeliveryParts } from './deliver.ts';
import { dueEndpoints } from './delivery-store.ts';
import { forgetDeliveries } from './forget.ts';
import { Lane } from './lane.ts';

/** How late something new is noticed, in ms. */
const LOOK_MS = 1_000;
const FORGET_MS = 3_600_000;
/** For requests under way when the service stops, in ms: less than what every environment gives it (DRAIN_MS). */
const GRACE_MS = 5_000;

export interface Webhooks {
  /** Ends after the requests in hand, which are broken off when they take too long. */
  stop(): Promise<void>;
}

export interface WebhooksParts extends DeliveryParts {
  liveness?: Liveness;
  onFailure(error: unknown): void;
}

/**
 * Everything about outgoing webhooks that a task does by itself. Endpoints do not wait for each other: each has a lane of
 * its own, so that one that is slow holds up only itself. Several tasks share what is due, claim by claim.
 */
export function startWebhooks(parts: WebhooksParts): Webhooks {
  const { clock, liveness = unwatched, logger, onFailure, pool } = parts;
  const lanes = new Map<string, Lane>();
  const breakOff = new AbortController();

  async function look(): Promise<void> {
    for (const id of await dueEndpoints(pool, clock.now())) {
      const lane = lanes.get(id) ?? new Lane(id, { ...parts, liveness, signal: breakOff.signal });
      lanes.set(id, lane);
      lane.wake();
    }
    for (const [id, lane] of lanes) if (lane.isIdle) lanes.delete(id);
  }
  const loop = (name: string, idleMs: number, batch: () => Promise<number>) =>
    startDueRows({
      name,
      batch: async () => ({ handled: await batch(), nextInMs: null }),
      idleMs,
      clock,
      logger,
      liveness,
      onFailure,
    });
  const loops = [
    loop('deliveries of webhooks', LOOK_MS, async () => {
      await look();
      return 0;
    }),
    loop('old deliveries of webhooks', FORGET_MS, () => forgetDeliveries(pool)),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((each) => each.stop()));
      const ended = Promise.all([...lanes.values()].map((lane) => lane.stop()));
      const patience = new AbortController();
      const late = clock.sleep(GRACE_MS, patience.signal).then(
        () => breakOff.abort(),
        // All ended before.
        () => undefined,
      );
      await ended;
      patience.abort();
      await late;
    },
  };
}
