import { z } from 'zod';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Put } from './redrive.ts';
import {
  findRecords,
  type KeptRecord,
  lockRecords,
  openStates,
  type Selection,
  type Settler,
  type Stays,
  settleRecords,
} from './selection.ts';

/** The stream whose records have an order that its consumers keep count of. */
export const EVENTS = 'dialog-events';

export interface Discarded {
  discarded: number;
  /** Batches that were put on their stream again, so that their phone goes on without what was discarded. */
  woken: number;
  /** Records that stay as they are, and why. */
  left: Stays[];
}

export interface DiscardedBatch extends Discarded {
  /** Of those that were discarded. */
  ids: number[];
}

export type Outcome =
  | { kind: 'left'; stays: Stays }
  /** `next`: the batch that its phone goes on with. */
  | { kind: 'discarded'; next: string | null };

/**
 * Settles a record without processing it. A batch of dialog events has others of its phone waiting behind it: the consumer's
 * position moves past the discarded one, and the next is to be put on the stream again by the caller, which brings the rest
 * along. So nothing of a phone is discarded before what precedes it is settled.
 */
export async function discardOne(
  tx: Transaction,
  { consumer, id, source }: KeptRecord,
  settler: Settler,
): Promise<Outcome> {
  // Its consumer neither moves nor parks anything meanwhile: a batch locks the lease first, too.
  if (source === EVENTS) await lockLeases(tx, [consumer]);
  const [record] = await lockRecords(
    tx,
    { ids: [id], consumer: null, reason: null },
    ['quarantined', 'parked'],
    { after: 0, limit: 1 },
  );
  if (record === undefined) {
    return { kind: 'left', stays: { id, code: 'settled_meanwhile', why: 'it was settled meanwhile' } };
  }
  const passed = source === EVENTS ? await passVersion(tx, record) : { next: null };
  if ('why' in passed) {
    return { kind: 'left', stays: { id, code: 'another_comes_first', why: passed.why } };
  }
  await settleRecords(tx, [id], 'discarded', settler);
  return { kind: 'discarded', next: passed.next };
}

/** Of several consumers in one order, so that two who discard never wait for each other. */
const lockLeases = (tx: Transaction, consumers: readonly string[]): Promise<unknown> =>
  tx.query(
    'SELECT FROM lease WHERE consumer = ANY ($1) AND source = $2 ORDER BY consumer, shard FOR UPDATE',
    [consumers, EVENTS],
  );

/** The oldest of the selected records, in one transaction with what its phones go on with. */
export async function discardBatch(
  tx: Transaction,
  put: Put,
  selection: Selection,
  limit: number,
  settler: Settler,
): Promise<DiscardedBatch> {
  const result: DiscardedBatch = { discarded: 0, ids: [], woken: 0, left: [] };
  const records = await findRecords(tx, selection, openStates(selection), { after: 0, limit });
  await lockLeases(
    tx,
    records.filter(({ source }) => source === EVENTS).map(({ consumer }) => consumer),
  );
  for (const record of records) {
    const outcome = await discardOne(tx, record, settler);
    if (outcome.kind === 'left') {
      result.left.push(outcome.stays);
      continue;
    }
    result.discarded += 1;
    result.ids.push(record.id);
    if (outcome.next === null) continue;
    await put(EVENTS, record.partitionKey, outcome.next);
    result.woken += 1;
  }
  return result;
}

/** Moves the phone's position past the record, if it is the next; says which batch comes then. */
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
  if (read === null) {
    // What cannot be read is looked at when it is the first of its phone that was set aside: then none of a known place comes before.
    if (rows[0]?.first !== record.id) {
      return { why: `it cannot be read, and record ${rows[0]?.first} of its phone comes first` };
    }
    return passUnread(tx, record, position + 1);
  }
  if (read <= position) return { next: null };
  if (read > position + 1) return { why: `version ${position + 1} of its phone comes first` };
  return { next: await moveTo(tx, record, read) };
}

/**
 * A record that does not say its place is no batch of its phone (somebody else put it on the stream), or is what is left of one.
 * So no batch that the dialog has made is passed over for it: the one whose turn it is goes on the stream again, where it is
 * ignored if it comes twice. A place that nothing is known of is passed over only when something waits behind it.
 */
async function passUnread(
  tx: Transaction,
  record: KeptRecord,
  turn: number,
): Promise<{ next: string | null }> {
  const { consumer, id, partitionKey } = record;
  const { rows: others } = await tx.query<Pick<KeptRecord, 'body' | 'state' | 'version'>>(
    `SELECT body, state, version FROM quarantined_record
      WHERE consumer = $1 AND source = $2 AND partition_key = $3 AND state IN ('quarantined', 'parked') AND id <> $4`,
    [consumer, EVENTS, partitionKey, id],
  );
  if (others.some((other) => versionOf(other) === turn)) return { next: null };
  const { rows: made } = await tx.query<{ body: string }>(
    'SELECT batch::text AS body FROM dialog_event_batch WHERE phone_number = $1 AND version = $2',
    [partitionKey, turn],
  );
  if (made[0] !== undefined) return { next: made[0].body };
  const isWaitedFor = others.some(({ state }) => state === 'parked');
  return { next: isWaitedFor ? await moveTo(tx, record, turn) : null };
}

/** Moves the position of the record's phone to this version; says which parked batch comes then. */
async function moveTo(
  tx: Transaction,
  { consumer, partitionKey }: KeptRecord,
  version: number,
): Promise<string | null> {
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
  return next.rows[0]?.body ?? null;
}

const versioned = z.object({ version: z.int().positive() });

/** Its place in its phone's order, also where the rest of it cannot be understood. */
function versionOf({ body, version }: Pick<KeptRecord, 'body' | 'version'>): number | null {
  if (version !== null) return version;
  try {
    return versioned.safeParse(JSON.parse(body)).data?.version ?? null;
  } catch {
    // Not JSON: it says nothing.
    return null;
  }
}
