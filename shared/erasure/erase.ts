import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool, type Queryable, type Transaction } from '#shared/postgres/pool.ts';
import { closeFence } from './fence.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { digitsOf, longSteps, shortSteps, type Who } from './tables.ts';

/** Rows of a table that are about one person. */
export interface Found {
  table: string;
  rows: number;
}

export interface EarlierErasure {
  erasedAt: Date;
  by: string;
  reason: string;
  /** False: it broke off, and is to be run again. */
  complete: boolean;
}

/** What is on record under a number itself, by table; tables with nothing are left out. Changes nothing. */
export async function findPersonalData(db: Queryable, phone: PhoneNumber): Promise<Found[]> {
  const found: Found[] = [];
  for (const { table, count } of [...longSteps, ...shortSteps]) {
    const rows = await count(db, phone);
    if (rows > 0) found.push({ table, rows });
  }
  return found;
}

/** Whether somebody with this number was erased before; null: nobody was. */
export async function earlierErasure(
  db: Queryable,
  phone: PhoneNumber,
  pseudonyms: Pseudonyms,
): Promise<EarlierErasure | null> {
  const { rows } = await db.query<{
    erased_at: Date;
    erased_by: string;
    reason: string;
    completed_at: Date | null;
  }>(
    `SELECT erased_at, erased_by, reason, completed_at FROM erased_phone
      WHERE pseudonym = ANY ($1) ORDER BY erased_at DESC LIMIT 1`,
    [pseudonyms.allOf(phone)],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { erased_at: erasedAt, erased_by: by, reason } = row;
  return { erasedAt, by, reason, complete: row.completed_at !== null };
}

export interface ErasureOrder {
  phone: PhoneNumber;
  /** Kept with the erasure. Must not name the person. */
  reason: string;
  by: string;
  pseudonyms: Pseudonyms;
  clock: Clock;
  /** Rows of one transaction. */
  batch?: number;
  /** How long to wait for requests and records that are on their way, in ms. */
  patienceMs?: number;
}

const BATCH = 500;
const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * Erases a person: in every row the number gives way to its keyed hash, and what they said and were sent goes
 * (`personal-data.ts`). What they stopped stays stopped, what was proved about their consent stays proved, and counts stay
 * what they were.
 *
 * First it is written down that they are erased, with every batch of the streams ended and none begun; from then on what
 * was said before comes to nothing wherever it arrives. Then what grows with messages goes, some rows a transaction, each
 * under the lock on the phone. The rest goes in one last transaction like the first, once nothing of the person is on its
 * way. Idempotent: one that broke off is run again. Returns the rows by table.
 *
 * Rejects with `unavailable` while a request to the carrier is in doubt, or records are not published: what came that far
 * is erased, and the rest is for another run.
 */
export async function erasePerson(pool: Pool, order: ErasureOrder): Promise<Found[]> {
  const who: Who = { phone: order.phone, pseudonym: order.pseudonyms.of(order.phone) };
  const sums = new Map<string, number>();
  const add = (table: string, rows: number): void => void sums.set(table, (sums.get(table) ?? 0) + rows);
  await patiently(order, () =>
    inTransaction(pool, async (tx) => {
      await announce(tx, who, order, add);
      return requestsUnderWay(tx, order.phone);
    }),
  );
  for (const { table, erase } of longSteps) {
    for (;;) {
      const rows = await inTransaction(pool, async (tx) => {
        await lockPhones(tx, [who.phone, who.pseudonym]);
        return erase(tx, who, order.batch ?? BATCH);
      });
      add(table, rows);
      if (rows === 0) break;
    }
  }
  await patiently(order, () => inTransaction(pool, (tx) => finish(tx, who, order, add)));
  return [...sums].flatMap(([table, rows]) => (rows > 0 ? [{ table, rows }] : []));
}

/** Tries again while somebody else is to do something first: `work` says what. */
async function patiently(
  { clock, patienceMs = PATIENCE_MS }: ErasureOrder,
  work: () => Promise<string | null>,
) {
  const began = clock.monotonic();
  for (;;) {
    const waitsFor = await work();
    if (waitsFor === null) return;
    if (clock.monotonic() - began >= patienceMs) {
      throw new CarillonError('unavailable', `the erasure is not complete, run it again: ${waitsFor}`);
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

/**
 * Writes down that the person is erased, up to now; cancels what was to be sent, and ends the dialog and what is due of it.
 * Tells `add` what went.
 */
async function announce(
  tx: Transaction,
  who: Who,
  order: ErasureOrder,
  add: (table: string, rows: number) => void,
): Promise<void> {
  const { pseudonyms, clock, reason, by } = order;
  await closeFence(tx);
  await lockPhones(tx, [who.phone, who.pseudonym]);
  const version = pseudonyms.currentVersion;
  await tx.query('INSERT INTO erasure_key (key_version, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    version,
    pseudonyms.proofOf(version),
  ]);
  await tx.query(
    `INSERT INTO erased_phone AS known (pseudonym, key_version, erased_at, dialog_version, reason, erased_by)
     SELECT $1, $2, $3,
            greatest((SELECT max(version) FROM dialog_event_batch WHERE phone_number = $4),
                     (SELECT max(dialog_version) FROM erased_phone WHERE pseudonym = ANY ($7)), 0),
            $5, $6
     ON CONFLICT (pseudonym) DO UPDATE
        SET erased_at = greatest(known.erased_at, excluded.erased_at), completed_at = NULL,
            dialog_version = greatest(known.dialog_version, excluded.dialog_version),
            reason = excluded.reason, erased_by = excluded.erased_by`,
    [who.pseudonym, version, clock.now(), who.phone, reason, by, pseudonyms.allOf(who.phone)],
  );
  await tx.query(
    `UPDATE message SET state = 'cancelled', rule = 'erased', due_at = NULL, settled_at = clock_timestamp()
      WHERE phone_number = $1 AND state IN ('queued', 'held')`,
    [who.phone],
  );
  // Nor is a lesson or a reminder of theirs due any more, however long the rest takes.
  const due = await tx.query('DELETE FROM participant WHERE phone_number = $1', [who.phone]);
  add('participant', due.rowCount ?? 0);
  const dialog = await tx.query('DELETE FROM dialog_state WHERE phone_number = $1', [who.phone]);
  add('dialog_state', dialog.rowCount ?? 0);
}

/** Everything else, also what came since. Null when it is done; else what has to happen first. */
async function finish(
  tx: Transaction,
  who: Who,
  order: ErasureOrder,
  add: (table: string, rows: number) => void,
): Promise<string | null> {
  await announce(tx, who, order, add);
  const waitsFor = (await requestsUnderWay(tx, who.phone)) ?? (await recordsUnderWay(tx, who.phone));
  if (waitsFor !== null) return waitsFor;
  for (const { table, erase } of [...longSteps, ...shortSteps]) {
    add(table, await erase(tx, who, Number.MAX_SAFE_INTEGER));
  }
  await tx.query('UPDATE erased_phone SET completed_at = $2 WHERE pseudonym = $1', [
    who.pseudonym,
    order.clock.now(),
  ]);
  return null;
}

/** A request is found at the carrier by its number and words: they must stay until it is settled. */
async function requestsUnderWay(tx: Transaction, phone: string): Promise<string | null> {
  const { rowCount } = await tx.query(
    `SELECT FROM attempt WHERE phone_number = $1 AND state IN ('posting', 'ambiguous') LIMIT 1`,
    [phone],
  );
  return rowCount === 0 ? null : 'a request to the carrier is on its way, or in doubt';
}

async function recordsUnderWay(tx: Transaction, phone: string): Promise<string | null> {
  const { rowCount } = await tx.query(
    'SELECT FROM outbox WHERE position($1 IN ordering_key || body) > 0 LIMIT 1',
    [digitsOf(phone)],
  );
  return rowCount === 0 ? null : 'records about the number are not published yet: are all services running?';
}
