import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { type StreamName, streams } from '#shared/topology.ts';
import {
  type KeptRecord,
  lastId,
  lockRecords,
  openStates,
  type Selection,
  settleRecords,
} from './selection.ts';

export interface Redriven {
  put: number;
  /** Records that stay as they are, and why. */
  left: { id: number; why: string }[];
}

/** Records in one transaction. Their puts share requests, and end long before an idle transaction is cut. */
const BATCH = 100;

/**
 * Puts quarantined records on their streams again, oldest first, as they were: with the same id, so that whoever has
 * processed one recognises it, and under the same key, so that those of one phone keep their order among themselves. Every
 * consumer of the stream sees them again; only the one that set them aside has not had them. Those that it brings back
 * once more get a row of their own, which is not for this call: else one that can never be processed would go round for ever.
 *
 * A record counts as redriven when the stream has accepted it. One that was put and not noted, because the connection
 * broke in between, is put again by the next call, which is harmless for the same reason. Rejects when the stream or the
 * database is away; what was put before is noted.
 */
export async function redrive(
  { pool, producer }: { pool: Pool; producer: StreamProducer },
  selection: Selection,
  by: string,
): Promise<Redriven> {
  const redriven: Redriven = { put: 0, left: [] };
  const upTo = await lastId(pool);
  for (let after = 0; ; ) {
    const last = await inTransaction(pool, async (tx) => {
      const records = await lockRecords(tx, selection, openStates(selection), { after, upTo, limit: BATCH });
      const ready: { record: KeptRecord; stream: StreamName }[] = [];
      for (const record of records) {
        const stream = streamOf(record);
        const why = stream === null ? 'it was never on a stream' : await whyWaits(tx, record);
        if (stream === null || why !== null) redriven.left.push({ id: record.id, why: why ?? '' });
        else ready.push({ record, stream });
      }
      const puts = await Promise.allSettled(
        ready.map(({ record, stream }) => producer.put(stream, record.partitionKey, record.body)),
      );
      const accepted = ready.flatMap(({ record }, index) =>
        puts[index]?.status === 'fulfilled' ? [record] : [],
      );
      // A parked one is settled by its consumer, when it is applied.
      const quarantined = accepted.filter(({ state }) => state === 'quarantined');
      await settleRecords(
        tx,
        quarantined.map(({ id }) => id),
        'redriven',
        by,
      );
      redriven.put += accepted.length;
      const failure = puts.find((result) => result.status === 'rejected');
      return { id: records.at(-1)?.id ?? null, failure };
    });
    if (last.failure) throw last.failure.reason;
    if (last.id === null) return redriven;
    after = last.id;
  }
}

/** The stream to put it on; null for what the gateway kept aside before it was on any. */
export const streamOf = ({ source }: KeptRecord): StreamName | null => (isStream(source) ? source : null);

const isStream = (name: string): name is StreamName => Object.hasOwn(streams, name);

/** Why a parked record is not put: it follows by itself, unless it is the very next and what was missing is there. */
async function whyWaits(tx: Transaction, { consumer, partitionKey, state, version }: KeptRecord) {
  if (state !== 'parked') return null;
  const { rows } = await tx.query<{ version: number }>(
    'SELECT version FROM event_position WHERE consumer = $1 AND phone_number = $2',
    [consumer, partitionKey],
  );
  const next = (rows[0]?.version ?? 0) + 1;
  return version === next ? null : `it is parked, and follows by itself when version ${next} has come`;
}
