import { CarillonError } from '#shared/errors.ts';
import type { Pool, Queryable } from '#shared/postgres/pool.ts';
import { checkListDate } from './age.ts';
import { inBatches } from './batches.ts';
import { removeNumbersOf, removeUnfinishedLists } from './remove-lists.ts';
import type { DoNotCallSource, Reject } from './source.ts';

export interface LoadOptions {
  /** Business time. */
  now: Date;
  /** Who loads it: kept with the list. */
  by: string;
  /** Called for every row that is not taken in. */
  reject: Reject;
  /** Rows of one statement. */
  batch?: number;
}

export interface LoadedList {
  numbers: number;
  rejected: number;
  areaCodes: number;
}

const BATCH_ROWS = 10_000;

/** More rows than one in so many that cannot be read: it is another file, or a broken one. */
const READABLE_PER_REJECTED = 100;

/** Serialises loads of this database's lists. */
const LOAD_LOCK = 7_311_402;

/**
 * Puts a do-not-call list in force, in the memory of one batch. The list before it stays in force until this one is
 * complete, and whenever this one is not: when the source breaks off, the process dies, or the database goes away. To
 * be started again then. Afterwards the numbers of earlier lists are removed, batch by batch.
 *
 * Rejects with `invalid_record` for a list that is too old, older than the one in force, empty or largely unreadable,
 * and with `unavailable` while somebody else loads one.
 */
export async function loadDoNotCall(
  pool: Pool,
  source: DoNotCallSource,
  options: LoadOptions,
): Promise<LoadedList> {
  const { now, by, batch: size = BATCH_ROWS } = options;
  checkListDate(source.listDate, now);
  // Every statement is on the connection that has the lock: when it is lost, so is the load.
  const client = await pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error): void => {
    lost = error;
  };
  client.on('error', onError);
  try {
    await lock(client);
    await refuseOlder(client, source.listDate);
    await removeUnfinishedLists(client, size);
    const listId = await beginList(client, source.listDate, now, by);
    const loaded = { numbers: 0, rejected: 0 };
    const prefixes = new Set<string>();
    const reject: Reject = (row) => {
      loaded.rejected += 1;
      options.reject(row);
    };
    for await (const numbers of inBatches(source.numbers(reject), size)) {
      loaded.numbers += await addNumbers(client, listId, numbers);
      for (const number of numbers) prefixes.add(number.slice(0, PREFIX_LENGTH));
    }
    refuseUnreadable(loaded);
    await completeList(client, listId, { source, prefixes: [...prefixes], numbers: loaded.numbers, now });
    await removeNumbersOf(client, await replacedLists(client, listId), now, size);
    return { ...loaded, areaCodes: prefixes.size };
  } finally {
    if (lost === undefined) lost = await unlock(client);
    client.off('error', onError);
    client.release(lost);
  }
}

/** Of "+1415": what tells the area. The gate cuts numbers in the same way. */
const PREFIX_LENGTH = 5;

async function lock(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    LOAD_LOCK,
  ]);
  if (rows[0]?.locked) return;
  throw new CarillonError('unavailable', 'somebody else is loading a do-not-call list: try again later');
}

/** The error that makes the connection useless, if there is one; a lock that we do not have is given back without. */
const unlock = (client: Queryable): Promise<Error | undefined> =>
  client.query('SELECT pg_advisory_unlock($1)', [LOAD_LOCK]).then(
    () => undefined,
    (error: Error) => error,
  );

async function refuseOlder(client: Queryable, listDate: string): Promise<void> {
  const { rows } = await client.query<{ newest: string | null }>(
    'SELECT max(list_date)::text AS newest FROM do_not_call_list WHERE completed_at IS NOT NULL',
  );
  const newest = rows[0]?.newest ?? null;
  if (newest === null || listDate >= newest) return;
  throw new CarillonError('invalid_record', `a list of ${newest} is in force: one of ${listDate} is older`);
}

function refuseUnreadable({ numbers, rejected }: { numbers: number; rejected: number }): void {
  if (numbers > 0 && rejected * READABLE_PER_REJECTED <= numbers) return;
  throw new CarillonError(
    'invalid_record',
    `${numbers} numbers and ${rejected} rows that are none: this is no do-not-call list, or a broken one. ` +
      'The list before it stays in force.',
  );
}

async function beginList(client: Queryable, listDate: string, now: Date, by: string): Promise<number> {
  const { rows } = await client.query<{ list_id: number }>(
    'INSERT INTO do_not_call_list (list_date, loaded_at, loaded_by) VALUES ($1, $2, $3) RETURNING list_id',
    [listDate, now, by],
  );
  const [list] = rows;
  if (list === undefined) throw new Error('a new list has no id');
  return list.list_id;
}

/** Resolves to how many were new to the list. */
async function addNumbers(client: Queryable, listId: number, numbers: readonly string[]): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO do_not_call_number (list_id, phone_number)
     SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`,
    [listId, numbers],
  );
  return rowCount ?? 0;
}

async function completeList(
  client: Queryable,
  listId: number,
  list: { source: DoNotCallSource; prefixes: readonly string[]; numbers: number; now: Date },
): Promise<void> {
  await client.query(
    `UPDATE do_not_call_list SET completed_at = $2, numbers = $3, prefixes = $4, sources = $5 WHERE list_id = $1`,
    [listId, list.now, list.numbers, list.prefixes, JSON.stringify(list.source.provenance())],
  );
}

async function replacedLists(client: Queryable, listId: number): Promise<number[]> {
  const { rows } = await client.query<{ list_id: number }>(
    'SELECT list_id FROM do_not_call_list WHERE list_id <> $1 AND emptied_at IS NULL ORDER BY list_id',
    [listId],
  );
  return rows.map(({ list_id }) => list_id);
}
