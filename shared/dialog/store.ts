import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { DrillSnapshots } from './drill-snapshots.ts';

/** A state as it is stored: its drill stands apart. */
type StoredState = Omit<DialogState, 'currentDrill'>;

/**
 * Stored states of these phone numbers; a number without one is absent. They are trusted as they are: only this module
 * writes them, from values of the same type, and reading a schema over each would cost more than the rest of a batch.
 */
export async function readStates(
  tx: Transaction,
  snapshots: DrillSnapshots,
  phones: readonly PhoneNumber[],
): Promise<Map<PhoneNumber, DialogState>> {
  const { rows } = await tx.query<{ state: StoredState; drill_hash: string | null }>(
    'SELECT state, drill_hash FROM dialog_state WHERE phone_number = ANY ($1)',
    [phones],
  );
  const drills = await snapshots.read(
    tx,
    rows.flatMap(({ drill_hash }) => drill_hash ?? []),
  );
  return new Map(
    rows.map(({ state, drill_hash }) => {
      const currentDrill = drill_hash === null ? null : drills(drill_hash);
      return [state.phoneNumber, { ...state, currentDrill }];
    }),
  );
}

/** Which of these commands have been executed before. */
export async function readProcessed(tx: Transaction, commandIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ command_id: string }>(
    'SELECT command_id FROM processed_command WHERE command_id = ANY ($1::uuid[])',
    [commandIds],
  );
  return new Set(rows.map((row) => row.command_id));
}

/** Replaces the states of these phone numbers. The lease of their shard is held, so nobody else writes them. */
export async function writeStates(
  tx: Transaction,
  snapshots: DrillSnapshots,
  states: readonly DialogState[],
  now: Date,
): Promise<void> {
  if (states.length === 0) return;
  const hashes = await snapshots.write(
    tx,
    states.map((state) => state.currentDrill),
  );
  await tx.query(
    `INSERT INTO dialog_state (phone_number, version, state, drill_hash, updated_at)
     SELECT phone_number, version, state, drill_hash, $5
       FROM unnest($1::text[], $2::bigint[], $3::json[], $4::text[]) AS changed(phone_number, version, state, drill_hash)
     ON CONFLICT (phone_number) DO UPDATE
        SET version = excluded.version, state = excluded.state, drill_hash = excluded.drill_hash,
            updated_at = excluded.updated_at`,
    [
      states.map((state) => state.phoneNumber),
      states.map((state) => state.version),
      states.map(({ currentDrill: _, ...stored }) => JSON.stringify(stored)),
      hashes,
      now,
    ],
  );
}

/** Appends batches of events. A version that exists already is an error: it would be a second history. */
export async function appendBatches(tx: Transaction, batches: readonly DialogEventBatch[]): Promise<void> {
  if (batches.length === 0) return;
  await tx.query(
    `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at)
     SELECT phone_number, version, command_id, batch, occurred_at
       FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::json[], $5::timestamptz[])
            AS appended(phone_number, version, command_id, batch, occurred_at)`,
    [
      batches.map((batch) => batch.phoneNumber),
      batches.map((batch) => batch.version),
      batches.map((batch) => batch.commandId),
      batches.map((batch) => JSON.stringify(batch)),
      batches.map((batch) => batch.occurredAt),
    ],
  );
}

/** Remembers commands as executed. */
export async function rememberProcessed(tx: Transaction, commandIds: readonly string[]): Promise<void> {
  if (commandIds.length === 0) return;
  await tx.query(
    'INSERT INTO processed_command (command_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING',
    [commandIds],
  );
}

/** For how long a command that was executed is known again: longer than any stream here keeps a record (at most 7 days). */
export const REMEMBER_DAYS = 30;

/**
 * Forgets commands executed more than `days` ago, at most `limit` of them; returns how many. `days` is longer than any
 * stream keeps a record, so a forgotten command cannot come again.
 */
export async function forgetProcessed(db: Queryable, days: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM processed_command WHERE command_id IN (
       SELECT command_id FROM processed_command
        WHERE processed_at < clock_timestamp() - $1 * interval '1 day'
        LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [days, limit],
  );
  return rowCount ?? 0;
}

/** Every batch of one phone number, oldest first: what its state can be rebuilt from. */
export async function readBatches(db: Queryable, phone: PhoneNumber): Promise<DialogEventBatch[]> {
  const { rows } = await db.query<{ batch: DialogEventBatch }>(
    'SELECT batch FROM dialog_event_batch WHERE phone_number = $1 ORDER BY version',
    [phone],
  );
  return rows.map((row) => row.batch);
}
