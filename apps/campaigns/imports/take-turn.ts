import type { Clock } from '#shared/clock.ts';
import { readFields } from '#shared/contacts/store.ts';
import { faultsOfMapping } from '#shared/imports/columns.ts';
import { end, forgetLater, waiting } from '#shared/imports/lifecycle.ts';
import { type Import, lockDueImport, writeImport } from '#shared/imports/store.ts';
import { readByKey } from '#shared/postgres/by-key.ts';
import {
  inTransaction,
  isDataFault,
  isStatementTimeout,
  isUniqueViolation,
  type Pool,
  type Transaction,
} from '#shared/postgres/pool.ts';
import { checkExternalIds } from './check-external-ids.ts';
import { checkRows } from './check-rows.ts';
import { clearFaults, clearStaged } from './clear.ts';
import { type CommitStepParts, commitStep, countsWithBeside } from './commit-step.ts';

export interface ImportParts extends CommitStepParts {
  clock: Clock;
  /** Rows of one transaction. */
  batchRows?: number;
  /** Hears of an import that cannot go on, or not now, and why. */
  failed?: (importId: string, error: unknown) => void;
}

/** Few enough for statements well below their time-out, enough to make their number cheap. */
const BATCH_ROWS = 5_000;
/** Parts of that which the check works on by themselves: one is written while the next is read, and the first and the last wait. */
const CHECKED_PARTS = 2;
/** Of those, in one transaction: for half a second nobody else gets at the import. */
const CHECKED_AT_ONCE = 12;

/** One whose statement took too long is tried again so much later, in ms. */
const PUT_OFF_MS = 30_000;

/**
 * Takes the import that has been due for longest a step further, in one transaction under the lock on its row, with how
 * far it has come: whoever dies in the middle leaves it where it was. Every task of the service may call it at any time;
 * two of them never work on one import. Returns the import as it is then; null: none is due.
 */
export async function takeImportTurn(pool: Pool, parts: ImportParts): Promise<Import | null> {
  const taken: { import: Import | null } = { import: null };
  try {
    return await turnOfNext(pool, parts, taken);
  } catch (error) {
    if (taken.import === null || !isStatementTimeout(error)) throw error;
    // It stays due for longest, and would keep all others from their turns.
    const { importId } = taken.import;
    parts.failed?.(importId, error);
    const dueAt = new Date(parts.clock.now().getTime() + PUT_OFF_MS);
    await pool.query('UPDATE contact_import SET due_at = $2 WHERE import_id = $1 AND due_at IS NOT NULL', [
      importId,
      dueAt,
    ]);
    return { ...taken.import, dueAt };
  }
}

function turnOfNext(
  pool: Pool,
  parts: ImportParts,
  taken: { import: Import | null },
): Promise<Import | null> {
  return inTransaction(pool, async (tx) => {
    const now = parts.clock.now();
    const before = await lockDueImport(tx, now);
    if (before === null) return null;
    taken.import = before;
    const after = { ...(await attempt(tx, before, parts, now)), updatedAt: now };
    await writeImport(tx, after);
    return after;
  });
}

/**
 * An import whose step can never succeed ends as failed, with nothing of the step: it would keep those behind it, and the
 * service, from their work.
 */
async function attempt(tx: Transaction, before: Import, parts: ImportParts, now: Date): Promise<Import> {
  await tx.query('SAVEPOINT step');
  try {
    await readByKey(tx);
    return await stepOf(tx, before, parts, now);
  } catch (error) {
    if (before.endedAt !== null || isUniqueViolation(error) || !isDataFault(error)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT step');
    parts.failed?.(before.importId, error);
    const counts = await countsWithBeside(tx, before);
    return end(
      { ...before, counts },
      'failed',
      'Something in it could not be taken in; our logs say what.',
      now,
    );
  }
}

async function stepOf(tx: Transaction, before: Import, parts: ImportParts, now: Date): Promise<Import> {
  switch (before.step) {
    case null:
      return end(before, 'cancelled', 'Nobody went on with it for 7 days.', now);
    case 'clear':
      return clear(tx, before, now);
    case 'rows':
      return rows(tx, before, parts, now);
    case 'external_ids':
      return externalIds(tx, before, parts, now);
    case 'commit':
      return commit(tx, before, parts, now);
    case 'forget':
      return (await clearFaults(tx, before.importId)) > 0
        ? { ...before, dueAt: now }
        : { ...before, step: null, dueAt: null };
  }
}

async function clear(tx: Transaction, before: Import, now: Date): Promise<Import> {
  if ((await clearStaged(tx, before)) > 0) return { ...before, dueAt: now };
  return before.status === 'checking'
    ? { ...before, step: 'rows', reached: null, dueAt: now }
    : forgetLater(before);
}

async function rows(tx: Transaction, before: Import, parts: ImportParts, now: Date): Promise<Import> {
  const fields = await readFields(tx);
  const { columns, kind, mapping } = before;
  const [fault] = faultsOfMapping(kind, mapping, columns.length, fields);
  if (fault !== undefined)
    return end(before, 'failed', `Its columns cannot be read any more: ${fault.detail}.`, now);
  const { counts, to } = await checkRows(tx, before, fields, {
    batches: CHECKED_AT_ONCE,
    limit: Math.ceil((parts.batchRows ?? BATCH_ROWS) / CHECKED_PARTS),
    now,
    pseudonyms: parts.pseudonyms,
  });
  if (to !== null) return { ...before, counts, reached: [to], dueAt: now };
  return mapping.includes('external_id') && kind === 'contacts'
    ? { ...before, counts, step: 'external_ids', reached: null, dueAt: now }
    : waiting({ ...before, counts }, 'checked', now);
}

async function externalIds(tx: Transaction, before: Import, parts: ImportParts, now: Date): Promise<Import> {
  const { counts, to } = await checkExternalIds(tx, before, 4 * (parts.batchRows ?? BATCH_ROWS));
  return to === null
    ? waiting({ ...before, counts }, 'checked', now)
    : { ...before, counts, reached: [to], dueAt: now };
}

async function commit(tx: Transaction, before: Import, parts: ImportParts, now: Date): Promise<Import> {
  const { listId } = before.options;
  if (before.kind === 'contacts' && listId !== null && !(await holdList(tx, listId))) {
    const counts = await countsWithBeside(tx, before);
    return end({ ...before, counts }, 'failed', 'The list that its contacts go to has been deleted.', now);
  }
  const { counts, reached } = await commitStep(tx, before, parts, {
    limit: parts.batchRows ?? BATCH_ROWS,
    now,
  });
  return reached === null
    ? end({ ...before, counts }, 'committed', null, now)
    : { ...before, counts, reached, dueAt: now };
}

/** Keeps the list from being deleted to the end of the transaction. False: it is gone. */
async function holdList(tx: Transaction, listId: string): Promise<boolean> {
  const { rowCount } = await tx.query('SELECT FROM contact_list WHERE list_id = $1 FOR KEY SHARE', [listId]);
  return rowCount === 1;
}
