import type { Queryable } from '#shared/postgres/pool.ts';
import type { NumberFault } from './delivery-errors.ts';

/** Records faults of numbers of messages that the log has, each once; of two reports the earlier time stands. Idempotent, in any order. */
export async function recordNumberFaults(db: Queryable, faults: readonly NumberFault[]): Promise<void> {
  if (faults.length === 0) return;
  await db.query(
    `INSERT INTO number_fault (log_id, error_code, carrier, phone_number, heard_at)
     -- The log has the name under which the message stands, which a status of somebody erased does not say.
     SELECT fault.log_id, fault.error_code, fault.carrier, coalesce(log.phone_number, fault.phone_number), heard_at
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
            AS fault(log_id, error_code, carrier, phone_number, heard_at)
       LEFT JOIN message_log AS log USING (log_id)
      ORDER BY fault.log_id, fault.error_code
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
