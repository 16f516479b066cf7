import { z } from 'zod';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import {
  findRecords,
  type KeptRecord,
  lockRecords,
  openStates,
  type Selection,
  settleRecords,
} from './selection.ts';

export interface Discarded {
  discarded: number;
  /** Parked records that were put on their stream again, so that their phone goes on without what was discarded. */
  woken: number;
  /** Records that stay as they are, and why. */
  left: { id: number; why: string }[];
}

const EVENTS = 'dialog-events';
const PAGE = 100;

/**
 * Settles records without processing them, oldest first. A batch of dialog events has others of its phone waiting behind
 * it: the consumer's position moves past the discarded one, and the next is put on the stream again, which brings the
 * rest along. So nothing of a phone is discarded before what precedes it is settled.
 */
export async function discard(
  { pool, producer }: { pool: Pool; producer: StreamProducer },
  selection: Selection,
  by: string,
): Promise<Discarded> {
  const result: Discarded = { discarded: 0, woken: 0, left: [] };
  for (let after = 0; ; ) {
    const records = await findRecords(pool, selection, openStates(selection), { after, limit: PAGE });
    for (const record of records) {
      const outcome = await inTransaction(pool, (tx) => discardOne(tx, record, by));
      if (outcome.kind === 'left') {
        result.left.push({ id: record.id, why: outcome.why });
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

type Outcome =
  | { kind: 'left'; why: string }
  /** `next`: the parked batch that follows. */
  | { kind: 'discarded'; next: string | null };

async function discardOne(
  tx: Transaction,
  { consumer, id, source }: KeptRecord,
  by: string,
): Promise<Outcome> {
  // Its consumer neither moves nor parks anything meanwhile: a batch locks the lease first, too.
  if (source === EVENTS) {
    await tx.query('SELECT FROM lease WHERE consumer = $1 AND source = $2 ORDER BY shard FOR UPDATE', [
      consumer,
      source,
    ]);
  }
  const [record] = await lockRecords(
    tx,
    { ids: [id], consumer: null, reason: null },
    ['quarantined', 'parked'],
    { after: 0, limit: 1 },
  );
  if (record === undefined) return { kind: 'left', why: 'it was settled meanwhile' };
  const passed = source === EVENTS ? await passVersion(tx, record) : { next: null };
  if ('why' in passed) return { kind: 'left', why: passed.why };
  await settleRecords(tx, [id], 'discarded', by);
  return { kind: 'discarded', next: passed.next };
}

/** Moves the phone's position past the record, if it is the next; says which parked batch comes then. */
async function passVersion(
  tx: Transaction,
  record: KeptRecord,
): Promise<{ why: string } | { next: string | null }> {
  const { consumer, partitionKey } = record;
  const { rows } = await tx.query<{ version: number; first: number | null }>(
    `SELECT coalesce((SELECT version FROM event_position WHERE consumer = $1 AND phone_number = $2), 0) AS version,
            (SELECT min(id) FROM quarantined_record
              WHERE consumer = $1 AND source = $3 AND partition_key = $2 AND state = 'quarantined') AS first`,
    [consumer, partitionKey, EVENTS],
  );
  const position = rows[0]?.version ?? 0;
  const read = versionOf(record);
  // One that cannot be read is the next when it is the first of its phone that was set aside.
  if (read === null && rows[0]?.first !== record.id) {
    return { why: `it cannot be read, and record ${rows[0]?.first} of its phone comes first` };
  }
  const version = read ?? position + 1;
  if (version <= position) return { next: null };
  if (version > position + 1) return { why: `version ${position + 1} of its phone comes first` };
  await tx.query(
    `INSERT INTO event_position (consumer, phone_number, version) VALUES ($1, $2, $3)
     ON CONFLICT (consumer, phone_number) DO UPDATE SET version = excluded.version`,
    [consumer, partitionKey, version],
  );
  const next = await tx.query<{ body: string }>(
    `SELECT body FROM quarantined_record
      WHERE consumer = $1 AND source = $2 AND partition_key = $3 AND state = 'parked' AND version = $4
      ORDER BY id LIMIT 1`,
    [consumer, EVENTS, partitionKey, version + 1],
  );
  return { next: next.rows[0]?.body ?? null };
}

const versioned = z.object({ version: z.int().positive() });

/** Its place in its phone's order, also where the rest of it cannot be understood. */
function versionOf({ body, version }: KeptRecord): number | null {
  if (version !== null) return version;
  try {
    return versioned.safeParse(JSON.parse(body)).data?.version ?? null;
  } catch {
    // Not JSON: it says nothing.
    return null;
  }
}
