import { type Import, type ImportCounts, UNCHECKED } from '#shared/imports/store.ts';
import { readByKey } from '#shared/postgres/by-key.ts';
import { inTransaction, isLockTimeout, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import {
  type CommitParts,
  commitRows,
  countErased,
  nextStaged,
  type StagedKey,
  type StagedPart,
} from './commit-rows.ts';

export interface CommitStepParts extends CommitParts {
  /**
   * Where a second transaction takes rows in beside the one that holds the import; null: one does all of it. Has to have a
   * connection to spare while that one waits.
   */
  beside: Pool | null;
}

export interface Committed {
  /** Up to where rows have been taken, from below and from above; null: there were no more. */
  reached: Import['reached'];
  counts: ImportCounts;
}

/**
 * Takes in the next rows of an import, whose row is locked: the lowest ones in this transaction and, where there is more
 * than that, the highest ones in another beside it, so that two processors of the database are at work. Each commits by
 * itself. They meet somewhere: a row is taken by whoever deletes it. What the other has counted waits in `import_beside`
 * until a transaction that holds the import adds it, at the latest when nothing is left: whoever dies in between leaves
 * counts and rows that agree.
 *
 * This one waits for the other, which must never wait for it: their rows, phones and external ids are different ones, and
 * the other takes nothing that says something of consent, whose evidence may be the same for many people.
 */
export async function commitStep(
  tx: Transaction,
  before: Import,
  parts: CommitStepParts,
  { limit, now }: { limit: number; now: Date },
): Promise<Committed> {
  const { above, below } = keysOf(before.reached);
  const found = nextStaged(tx, before.importId, { above, below, limit });
  const other =
    parts.beside !== null && before.kind === 'contacts'
      ? takeFromAbove(parts.beside, before, parts, { above, below, found, limit, now })
      : Promise.resolve();
  const own = found.then(async (part) =>
    part === null ? null : { part, counts: await commitRows(tx, before, part, parts, now) },
  );
  // Both have to have ended before anybody hears of either: the import's lock keeps others from it.
  const [taken, besides] = await Promise.allSettled([own, other]);
  if (taken.status === 'rejected') throw taken.reason;
  if (besides.status === 'rejected') throw besides.reason;
  if (taken.value === null) {
    const counts = await countsWithBeside(tx, before);
    return { reached: null, counts: await countErased(tx, { ...before, counts }) };
  }
  const { counts, part } = taken.value;
  const added = await addBeside(tx, { ...before, counts }, below);
  return { counts: added.counts, reached: [...part.to, ...(added.below ?? [])] };
}

interface Above {
  above: StagedKey | null;
  below: StagedKey | null;
  /** What the other one takes: the lowest of the same rows. */
  found: Promise<StagedPart | null>;
  limit: number;
  now: Date;
}

/** How long it waits for a lock, in ms: then nothing is taken beside this time. */
const PATIENCE_MS = 500;

/** Takes the highest rows in, in a transaction of its own; where somebody else has them, or the lowest are among them, none. */
const takeFromAbove = (
  pool: Pool,
  before: Import,
  parts: CommitParts,
  { above, below, found, limit, now }: Above,
): Promise<void> =>
  inTransaction(pool, async (tx) => {
    await readByKey(tx);
    // A third one may wait for the rows of the transaction that waits for this one: PostgreSQL does not see that circle.
    await tx.query(`SET LOCAL lock_timeout = ${PATIENCE_MS}`);
    const part = await nextStaged(tx, before.importId, { above, below, descending: true, limit });
    const lowest = await found;
    const [first] = part?.phones ?? [];
    if (part === null || lowest === null || first === undefined || part.hasConsent) return;
    // Both are as many as may be, or all that there are: the lowest of these shows whether any is of both.
    if (lowest.phones.includes(first)) return;
    const nothing = { ...before, counts: { ...UNCHECKED, fileRows: 0 } };
    const counts = await commitRows(tx, nothing, part, parts, now);
    await tx.query(
      `INSERT INTO import_beside AS known (import_id, reached, counts) VALUES ($1, $2, $3)
       ON CONFLICT (import_id) DO UPDATE
          SET reached = excluded.reached,
              counts = (SELECT jsonb_object_agg(name, told::int + (known.counts ->> name)::int)
                          FROM jsonb_each_text(excluded.counts) AS each(name, told))`,
      [before.importId, JSON.stringify(part.from), JSON.stringify(counts)],
    );
  }).catch((error: unknown) => {
    if (!isLockTimeout(error)) throw error;
  });

/** The counts of an import with what was counted beside it, for whoever ends it. */
export const countsWithBeside = async (tx: Transaction, ended: Import): Promise<ImportCounts> =>
  (await addBeside(tx, ended, null)).counts;

async function addBeside(
  tx: Transaction,
  { counts, importId }: Import,
  below: StagedKey | null,
): Promise<{ counts: ImportCounts; below: StagedKey | null }> {
  const { rows } = await tx.query<{ reached: StagedKey; counts: ImportCounts }>(
    'DELETE FROM import_beside WHERE import_id = $1 RETURNING reached, counts',
    [importId],
  );
  const [row] = rows;
  if (row === undefined) return { counts, below };
  const added = { ...counts };
  for (const name of Object.keys(counts) as (keyof ImportCounts)[]) added[name] += row.counts[name];
  return { counts: added, below: row.reached };
}

/** Up to where rows have been taken: from below, and from above. */
function keysOf(reached: Import['reached']): { above: StagedKey | null; below: StagedKey | null } {
  const [phone, scope, highest, itsScope] = (reached ?? []).map(String);
  return {
    above: phone === undefined || scope === undefined ? null : [phone, scope],
    below: highest === undefined || itsScope === undefined ? null : [highest, itsScope],
  };
}
