import type { Queryable } from '#shared/postgres/pool.ts';
import type { NumberFault } from './delivery-errors.ts';

/** Records faults of numbers, each once; of two reports the earlier time stands. Idempotent, in any order. */
export async function recordNumberFaults(db: Queryable, faults: readonly NumberFault[]): Promise<void> {
  if (faults.length === 0) return;
  await db.query(
    `INSERT INTO number_fault (log_id, error_code, carrier, phone_number, heard_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     ON CONFLICT (log_id, error_code) DO UPDATE SET heard_at = excluded.heard_at
      WHERE excluded.heard_at < number_fault.heard_at`,
    [
      faults.map(({ logId }) => logId),
      faults.map(({ errorCode }) => errorCode),
      faults.map(({ carrier }) => carrier),
      faults.map(({ phoneNumber }) => phoneNumber),
      faults.map(({ heardAt }) => heardAt),
    ],
  );
}
