import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { type Redriven, redriveBatch } from '#shared/quarantine/redrive.ts';
import { lastId, type Selection } from '#shared/quarantine/selection.ts';

/** Records in one transaction. Their puts share requests, and end long before an idle transaction is cut. */
const BATCH = 100;

/**
 * Puts all selected records on their streams again, none that come back meanwhile. Rejects when the stream or the database is
 * away; what was put before is noted.
 */
export async function redrive(
  { pool, producer }: { pool: Pool; producer: StreamProducer },
  selection: Selection,
  by: string,
): Promise<Redriven> {
  const redriven: Redriven = { put: 0, left: [] };
  const upTo = await lastId(pool);
  for (let after = 0; ; ) {
    const batch = await inTransaction(pool, (tx) =>
      redriveBatch(
        tx,
        (...record) => producer.put(...record),
        selection,
        { after, upTo, limit: BATCH },
        { by, why: null },
      ),
    );
    redriven.put += batch.put;
    redriven.left.push(...batch.left);
    if (batch.failure) throw batch.failure.reason;
    if (batch.last === null) return redriven;
    after = batch.last;
  }
}
