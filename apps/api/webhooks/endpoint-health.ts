import { type AuditActor, appendAudit } from '#shared/audit/append.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { GIVE_UP_MS, restAfter } from './back-off.ts';

/** What attempts say of their endpoint. Its version counts what people are shown: that it fails, and that it is off. */

/** The endpoint took something: whatever was before is over. */
export async function noteSuccess(tx: Transaction, endpointId: string): Promise<void> {
  await tx.query(
    `UPDATE webhook_endpoint SET failures = 0, failing_since = NULL, resting_until = NULL, version = version + 1
      WHERE endpoint_id = $1 AND failing_since IS NOT NULL`,
    [endpointId],
  );
}

const WEBHOOKS: AuditActor = { kind: 'system', id: 'webhooks', name: 'Deliveries of webhooks' };

export interface Failure {
  endpointId: string;
  status: number | null;
  retryAfterMs: number | null;
  /** Business time. */
  now: Date;
  /** For the audit log, of what it happened. */
  deliveryId: string;
}

/** The endpoint failed: it rests, or is switched off for good. Returns why it was switched off; null: it was not. */
export async function noteFailure(
  tx: Transaction,
  { deliveryId, endpointId, now, retryAfterMs, status }: Failure,
): Promise<string | null> {
  const { rows } = await tx.query<{ failures: number; since: Date | null }>(
    `SELECT failures, failing_since AS since FROM webhook_endpoint
      WHERE endpoint_id = $1 AND enabled FOR NO KEY UPDATE`,
    [endpointId],
  );
  const [endpoint] = rows;
  // Somebody switched it off, or deleted it, while it was asked.
  if (!endpoint) return null;
  const failures = endpoint.failures + 1;
  const since = endpoint.since ?? now;
  const reason = whySwitchOff(status, since, now);
  const restingUntil = new Date(now.getTime() + restAfter(failures, retryAfterMs));
  await tx.query(
    `UPDATE webhook_endpoint
        SET failures = $2, failing_since = $3, resting_until = $4, enabled = $5::text IS NULL, disabled_reason = $5,
            version = version + CASE WHEN failing_since IS NULL OR $5::text IS NOT NULL THEN 1 ELSE 0 END
      WHERE endpoint_id = $1`,
    [endpointId, failures, since, restingUntil, reason],
  );
  if (reason === null) return null;
  await appendAudit(
    tx,
    [
      {
        subject: 'webhook',
        subjectId: endpointId,
        action: 'switched off',
        before: { enabled: true },
        // `reason` is a word of people's in the audit log, which an erasure may clear.
        after: { enabled: false, disabledReason: reason },
      },
    ],
    { actor: WEBHOOKS, operationId: 'deliverWebhooks', requestId: deliveryId, ip: '', at: now },
  );
  return reason;
}

/** 410 is how a receiver says that it is over (https://github.com/standard-webhooks/standard-webhooks: 410 Gone). */
function whySwitchOff(status: number | null, since: Date, now: Date): string | null {
  if (status === 410) return 'It answered 410: gone.';
  if (now.getTime() - since.getTime() < GIVE_UP_MS) return null;
  return 'Nothing could be delivered for three days.';
}
