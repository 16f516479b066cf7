import { CarillonError, messageOf } from '#shared/errors.ts';
import { checkpointLease, type Lease, type LeaseScope, lockLease } from '#shared/leases/store.ts';
import { deletePublished, readOutbox } from '#shared/outbox/read.ts';
import type { OutboxRow } from '#shared/outbox/write.ts';
import { writeShardOutbox } from '#shared/outbox/write.ts';
import { inTransaction, isStatementTimeout, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { SetAside, StreamConsumerDefinition, StreamRecord } from './definition.ts';
import { parseAll, type Understood } from './parse-ahead.ts';
import { readSetAside, setRecordsAside } from './quarantine.ts';
import { isRecordFault, requirePublishable } from './record-fault.ts';

export interface BatchDeps<T> {
  pool: Pool;
  definition: StreamConsumerDefinition<T>;
  scope: LeaseScope;
  worker: string;
  lease: Pick<Lease, 'shard' | 'epoch'>;
}

export interface BatchResult {
  /** What the batch left in the shard's outbox, in order. */
  rows: OutboxRow[];
  setAside: SetAside[];
}

/** Rows of a shard's outbox: what batches of one read left, at most. */
const WHOLE_OUTBOX = 1_000_000;

/**
 * Processes records of one shard, in order, and commits effects, outbox, quarantine and checkpoint together, behind
 * the fence of the lease. `published` are outbox rows of earlier batches that may now be deleted.
 *
 * A batch that fails for a reason other than the machinery's is halved: both halves in their order, each with its own
 * checkpoint, until the record at fault stands alone and is quarantined. `onCommit` hears of each part as it commits
 * and must not fail. Of records that turn out to be committed, by a transaction that nobody got an answer of, it hears what
 * they left in the outbox and which of them were set aside, and they are passed over. `understood`: of these records, where they were parsed ahead.
 *
 * Throws CarillonError `lease_lost` (nothing happened), transient errors (nothing of this part happened: try again),
 * and the program's own errors.
 */
export async function processBatch<T>(
  deps: BatchDeps<T>,
  records: readonly StreamRecord[],
  published: readonly OutboxRow[],
  onCommit: (result: BatchResult, last: StreamRecord) => void,
  understood: Understood<T> = parseAll(deps.definition, records),
): Promise<void> {
  const last = records.at(-1);
  if (last === undefined) return;
  let result: Committed;
  try {
    result = await commit(deps, records, understood, published);
  } catch (error) {
    // What takes too long may only be too much at once; alone it is tried again, because it may be the server's hour.
    const tooMuch = isStatementTimeout(error) && records.length > 1;
    if (!isRecordFault(error) && !tooMuch) throw error;
    if (records.length === 1) {
      const fault: SetAside = { record: last, state: 'quarantined', reason: messageOf(error), version: null };
      onCommit(await commit(deps, records, { parsed: [], unreadable: [fault] }, published), last);
      return;
    }
    const middle = Math.ceil(records.length / 2);
    await processBatch(deps, records.slice(0, middle), published, onCommit);
    await processBatch(deps, records.slice(middle), [], onCommit);
    return;
  }
  onCommit(result, result.done ?? last);
  // Not within the try: what is wrong with the rest is no reason to halve what was committed before.
  if (result.done !== null)
    await processBatch(deps, records.slice(records.indexOf(result.done) + 1), published, onCommit);
}

/** `done`: up to this record all was committed before, and nothing was done now. */
type Committed = BatchResult & { done: StreamRecord | null };

async function commit<T>(
  deps: BatchDeps<T>,
  records: readonly StreamRecord[],
  { parsed, unreadable }: Understood<T>,
  published: readonly OutboxRow[],
): Promise<Committed> {
  const { definition, lease, pool, scope, worker } = deps;
  return inTransaction(pool, async (tx: Transaction) => {
    const held = await lockLease(tx, scope, worker, lease);
    if (held === null) {
      throw new CarillonError('lease_lost', `the lease of shard ${lease.shard} is somebody else's`);
    }
    const done = records.find(({ sequenceNumber }) => sequenceNumber === held.checkpoint);
    if (done !== undefined) {
      const known = new Set(published.map(({ id }) => id));
      const left = await readOutbox(tx, scope.consumer, [lease.shard], WHOLE_OUTBOX);
      return {
        rows: left.filter(({ id }) => !known.has(id)),
        setAside: await readSetAside(tx, scope, records.slice(0, records.indexOf(done) + 1)),
        done,
      };
    }
    const effects = parsed.length > 0 ? await definition.apply(tx, parsed) : { entries: [] };
    requirePublishable(effects.entries);
    const setAside = [...unreadable, ...(effects.setAside ?? [])];
    await setRecordsAside(tx, scope, lease.shard, setAside);
    await deletePublished(tx, scope.consumer, published);
    const rows = await writeShardOutbox(tx, scope.consumer, lease.shard, effects.entries);
    const last = records.at(-1);
    if (last !== undefined) await checkpointLease(tx, scope, lease.shard, last.sequenceNumber);
    return { rows, setAside, done: null };
  });
}
