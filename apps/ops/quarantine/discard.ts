import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { type Discarded, discardOne, EVENTS } from '#shared/quarantine/discard.ts';
import { findRecords, openStates, type Selection } from '#shared/quarantine/selection.ts';

const PAGE = 100;

/** Settles all selected records without processing them, oldest first, and lets their phones go on. */
export async function discard(
  { pool, producer }: { pool: Pool; producer: StreamProducer },
  selection: Selection,
  by: string,
  why: string | null = null,
): Promise<Discarded> {
  const result: Discarded = { discarded: 0, woken: 0, left: [] };
  for (let after = 0; ; ) {
    const records = await findRecords(pool, selection, openStates(selection), { after, limit: PAGE });
    for (const record of records) {
      const outcome = await inTransaction(pool, (tx) => discardOne(tx, record, { by, why }));
      if (outcome.kind === 'left') {
        result.left.push(outcome.stays);
        continue;
      }
      result.discarded += 1;
      if (outcome.next === null) continue;
      await producer.put(EVENTS, record.partitionKey, outcome.next);
      result.woken += 1;
    }
    const last = records.at(-1);
    if (last === undefined) return result;
    after = last.id;
  }
}
