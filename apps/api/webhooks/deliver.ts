import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { waitAfter } from './back-off.ts';
import { type ClaimedDelivery, claimDelivery, recordAttempt, releaseDelivery } from './delivery-store.ts';
import { noteFailure, noteSuccess } from './endpoint-health.ts';
import { type PostOutcome, type PostRule, post, TIMEOUT_MS } from './post.ts';
import { openSecret, signatureOf } from './secret.ts';

/** Longer than a request and its record take. */
const CLAIM_MS = 4 * TIMEOUT_MS;

export type DeliveryOutcome = 'delivered' | 'retried' | 'given_up';

export interface DeliveryParts {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** Of the secrets of endpoints: 32 bytes. */
  secretKey: Buffer;
  rule: Pick<PostRule, 'addresses' | 'resolve' | 'timeoutMs'>;
  /** Hears of every attempt. */
  attempted(outcome: DeliveryOutcome): void;
}

/**
 * Delivers what has been due longest at an endpoint, and records it. At least once: a task that ends between the request
 * and its record leaves the delivery to be made again, under the same id. `signal` breaks a request off, which then was
 * none. Says what became of it; `nothing`: there was nothing to do, or somebody else has done it.
 */
export async function deliverNext(
  endpointId: string,
  parts: DeliveryParts,
  signal: AbortSignal,
): Promise<DeliveryOutcome | 'nothing'> {
  const { clock, pool } = parts;
  const delivery = await claimDelivery(pool, { endpointId, now: clock.now(), claimMs: CLAIM_MS });
  if (delivery === null) return 'nothing';
  const outcome = await attempt(delivery, parts, signal);
  if (signal.aborted && outcome.status === null) {
    await releaseDelivery(pool, delivery);
    return 'nothing';
  }
  return record(delivery, outcome, parts);
}

function attempt(
  { endpointId, eventId, formerSecret, formerUntil, payload, secret, url }: ClaimedDelivery,
  { clock, rule, secretKey }: DeliveryParts,
  signal: AbortSignal,
): Promise<PostOutcome> {
  const current = openSecret(secret, secretKey, endpointId);
  if (current === null) {
    const error = 'Its secret cannot be read: WEBHOOK_SECRET_KEY is another than it was. Rotate the secret.';
    return Promise.resolve({ status: null, body: null, error, retryAfterMs: null });
  }
  const former =
    formerSecret !== null && formerUntil !== null && formerUntil > clock.now()
      ? openSecret(formerSecret, secretKey, endpointId)
      : null;
  // Real time: receivers refuse what is too old by their own clocks.
  const timestamp = Math.floor(clock.machineTime().getTime() / 1_000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Carillon-Webhooks/1',
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(former === null ? [current] : [current, former], {
      eventId,
      timestamp,
      body: payload,
    }),
  };
  return post(url, { body: payload, headers }, { ...rule, signal });
}

async function record(
  delivery: ClaimedDelivery,
  { body, error, retryAfterMs, status }: PostOutcome,
  { attempted, clock, logger, pool }: DeliveryParts,
): Promise<DeliveryOutcome | 'nothing'> {
  const now = clock.now();
  const { attempts, endpointId, firstAttemptAt, position } = delivery;
  const delivered = status !== null && status >= 200 && status < 300;
  const sinceFirstMs = now.getTime() - firstAttemptAt.getTime();
  const wait = delivered ? null : waitAfter({ attempts, sinceFirstMs, retryAfterMs }, clock.random());
  const dueAt = wait === null ? null : new Date(now.getTime() + wait);
  const state = delivered ? 'delivered' : dueAt === null ? 'failed' : 'pending';
  const recorded = await inTransaction(pool, async (tx) => {
    if (!(await recordAttempt(tx, delivery, { state, dueAt, status, body, error }))) return null;
    if (!delivered) {
      const reason = await noteFailure(tx, {
        endpointId,
        status,
        retryAfterMs,
        now,
        deliveryId: String(position),
      });
      return { reason };
    }
    await noteSuccess(tx, endpointId);
    return { reason: null };
  });
  if (recorded === null) return 'nothing';
  const { reason } = recorded;
  if (reason !== null) logger.warn({ endpointId, reason }, 'an endpoint of webhooks was switched off');
  const outcome = delivered ? 'delivered' : dueAt === null ? 'given_up' : 'retried';
  attempted(outcome);
  return outcome;
}
