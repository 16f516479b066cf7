import type { UnreachableInbound } from '#shared/carriers/carrier.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** Why a text cannot become a command. */
export const asideReasons = {
  no_phone_number: 'not a text between two phone numbers: a short code or a name has no dialog',
  other_channel:
    'it came by another channel than texts, to no sender of ours on it, and is no part of any dialog',
  binary: 'no text but raw bytes',
  no_date: 'the carrier does not say when it came',
} as const;

/**
 * Keeps a text that can never become a command where people look for what could not be processed. Idempotent by the
 * carrier's message id. Returns whether it was not kept before.
 */
export async function keepAside(
  db: Queryable,
  carrier: CarrierName,
  unreachable: UnreachableInbound,
  reason: string,
  arrivedAt: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `INSERT INTO quarantined_record
       (consumer, source, shard, sequence_number, partition_key, state, reason, body, arrived_at)
     VALUES ('gateway', $1, '-', $2, $3, 'quarantined', $4, $5, $6)
     ON CONFLICT (consumer, source, sequence_number) DO NOTHING`,
    [
      sourceOf(carrier),
      unreachable.carrierMessageId,
      // The body has it as it came; a column cannot hold a NUL.
      unreachable.from.replaceAll('\0', ''),
      reason,
      JSON.stringify(unreachable),
      arrivedAt,
    ],
  );
  return rowCount === 1;
}

/** Which of these messages of the carrier were kept aside before, whatever became of them since. */
export async function keptAside(
  db: Queryable,
  carrier: CarrierName,
  carrierMessageIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT sequence_number AS id FROM quarantined_record
      WHERE consumer = 'gateway' AND source = $1 AND sequence_number = ANY ($2)`,
    [sourceOf(carrier), carrierMessageIds],
  );
  return new Set(rows.map(({ id }) => id));
}

const sourceOf = (carrier: CarrierName): string => `webhook ${carrier}`;
