import type { LeaseScope } from '#shared/leases/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { SetAside, StreamRecord } from './definition.ts';

/** Most characters of a reason that are kept. */
const REASON_LENGTH = 2_000;

/** Keeps records aside, in the transaction that moves the checkpoint past them. Idempotent by sequence number. */
export async function setRecordsAside(
  tx: Transaction,
  scope: LeaseScope,
  shard: string,
  setAside: readonly SetAside[],
): Promise<void> {
  if (setAside.length === 0) return;
  await tx.query(
    `INSERT INTO quarantined_record
       (consumer, source, shard, sequence_number, partition_key, state, reason, version, body, arrived_at)
     SELECT $1, $2, $3, sequence_number, partition_key, state, reason, version, body, arrived_at
       FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[], $10::timestamptz[])
            AS record(sequence_number, partition_key, state, reason, version, body, arrived_at)
     ON CONFLICT (consumer, source, sequence_number) DO NOTHING`,
    [
      scope.consumer,
      scope.source,
      shard,
      setAside.map(({ record }) => record.sequenceNumber),
      setAside.map(({ record }) => record.partitionKey),
      setAside.map(({ state }) => state),
      setAside.map(({ reason }) => storableReason(reason)),
      setAside.map(({ version }) => version),
      setAside.map(({ record }) => withoutNul(record.body)),
      setAside.map(({ record }) => record.arrivedAt),
    ],
  );
}

/** Which of these records are aside, and why: in their order. */
export async function readSetAside(
  tx: Transaction,
  scope: LeaseScope,
  records: readonly StreamRecord[],
): Promise<SetAside[]> {
  const { rows } = await tx.query<
    Pick<SetAside, 'state' | 'reason' | 'version'> & { sequence_number: string }
  >(
    `SELECT sequence_number, state, reason, version FROM quarantined_record
      WHERE consumer = $1 AND source = $2 AND sequence_number = ANY ($3) AND state IN ('quarantined', 'parked')`,
    [scope.consumer, scope.source, records.map(({ sequenceNumber }) => sequenceNumber)],
  );
  const bySequence = new Map(rows.map((row) => [row.sequence_number, row]));
  return records.flatMap((record) => {
    const row = bySequence.get(record.sequenceNumber);
    return row ? { record, state: row.state, reason: row.reason, version: row.version } : [];
  });
}

/** Parked records whose turn has come and that turned out to be at fault themselves. */
export async function quarantineParked(
  tx: Transaction,
  scope: LeaseScope,
  faulty: readonly SetAside[],
): Promise<void> {
  if (faulty.length === 0) return;
  await tx.query(
    `UPDATE quarantined_record
        SET state = 'quarantined', reason = faulty.reason, quarantined_at = clock_timestamp()
       FROM unnest($3::text[], $4::text[]) AS faulty(sequence_number, reason)
      WHERE consumer = $1 AND source = $2 AND state = 'parked'
        AND quarantined_record.sequence_number = faulty.sequence_number`,
    [
      scope.consumer,
      scope.source,
      faulty.map(({ record }) => record.sequenceNumber),
      faulty.map(({ reason }) => storableReason(reason)),
    ],
  );
}

const storableReason = (reason: string): string => withoutNul(reason).slice(0, REASON_LENGTH);

/** PostgreSQL's text cannot hold U+0000; it is shown as the replacement character. */
const withoutNul = (text: string): string => text.replaceAll('\u0000', '\uFFFD');
