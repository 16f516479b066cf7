import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Queryable } from '#shared/postgres/pool.ts';
import { recordGrants } from './record.ts';
import { registrationConsents } from './registration.ts';

export interface Backfilled {
  /** Registrations in the history of the dialog. */
  registrations: number;
  /** Consents that were not on record. */
  recorded: number;
}

/** Batches of one transaction. */
const BATCH = 500;

/**
 * Records the consent of people who registered before consent was kept, from the events of their dialogs, with the cause
 * that says so. It lifts nothing: whoever has stopped since stays stopped. Idempotent, also with what the service
 * `outbound` records of the same events, and with an earlier run that broke off.
 */
export async function backfillRegistrations(
  pool: Pool,
  { pseudonyms, batch = BATCH }: { pseudonyms: Pseudonyms; batch?: number },
): Promise<Backfilled> {
  const sum: Backfilled = { registrations: 0, recorded: 0 };
  let after: Pick<DialogEventBatch, 'phoneNumber' | 'version'> | null = null;
  for (;;) {
    const batches: DialogEventBatch[] = await registrationsAfter(pool, after, batch);
    const last = batches.at(-1);
    if (last === undefined) return sum;
    const consents = registrationConsents(batches, '; recorded afterwards from the events of the dialog');
    const recorded = await inTransaction(pool, async (tx) => {
      await lockPhones(
        tx,
        batches.map(({ phoneNumber }) => phoneNumber),
      );
      return recordGrants(tx, consents, pseudonyms);
    });
    sum.registrations += consents.length;
    sum.recorded += recorded.length;
    after = last;
  }
}

/** Batches in which somebody registered, by phone and version; those of erased people say nothing of it any more. */
async function registrationsAfter(
  db: Queryable,
  after: Pick<DialogEventBatch, 'phoneNumber' | 'version'> | null,
  limit: number,
): Promise<DialogEventBatch[]> {
  const { rows } = await db.query<{ batch: unknown }>(
    `SELECT batch FROM dialog_event_batch
      WHERE (phone_number, version) > ($1, $2) AND phone_number LIKE '+%'
        AND position('"USER_VALIDATED"' IN batch::text) > 0
      ORDER BY phone_number, version LIMIT $3`,
    [after?.phoneNumber ?? '', after?.version ?? 0, limit],
  );
  return rows.map(({ batch }) => dialogEventBatchSchema.parse(batch));
}
