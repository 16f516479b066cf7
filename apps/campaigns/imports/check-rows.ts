import { setImmediate } from 'node:timers/promises';
import type { ContactField } from '#shared/contacts/fields.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { idAt, idsInOrder } from '#shared/ids-in-order.ts';
import type { PackedRow } from '#shared/imports/packed-rows.ts';
import { type RowFault, readTorn, rowReader, type ValidRow, WHOLE_ROW } from '#shared/imports/read-row.ts';
import type { Import, ImportCounts } from '#shared/imports/store.ts';
import { InTurn } from '#shared/in-turn.ts';
import { arrayText, CopyRows, copyLine } from '#shared/postgres/copy.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { readErasedSinceUpload, tellErased } from './erased-since.ts';
import { type StagedFault, stageFaults } from './stage-faults.ts';
import { StagedRows } from './staged-rows.ts';

/** Up to which row the check has come; null: there were no more. */
export interface Checked {
  to: number | null;
  counts: ImportCounts;
}

/** Rows that are read without a pause: whatever else the process does waits for so long. */
const READ_AT_ONCE = 500;

/**
 * Checks the next rows of a file: each is staged, a duplicate, or faulty, and counted as that. A row of suppressions whose cells are not where they
 * belong is faulty, and every number in it is staged besides. Of rows with one number
 * the chosen one is staged, whichever batches they are in; of somebody who was erased since the upload none is, and the commit counts
 * them. The import's row is locked, so nobody else stages for it; a
 * fixed number of statements for each batch, whatever the number of rows. While the database writes one batch, the next is
 * read here: neither waits for the other.
 */
export async function checkRows(
  tx: Transaction,
  checked: Import,
  fields: readonly ContactField[],
  { batches, limit, now, pseudonyms }: { batches: number; limit: number; now: Date; pseudonyms: Pseudonyms },
): Promise<Checked> {
  const { kind, mapping, options } = checked;
  const read = rowReader({ kind, mapping, options, fields, now });
  let counts = checked.counts;
  const writer = new InTurn(async (batch: ReadBatch) => {
    await stageFaults(tx, checked, batch.faults);
    const written = await stage(tx, checked, batch.chosen, pseudonyms);
    counts = {
      ...counts,
      faulty: counts.faulty + batch.faulty,
      valid: counts.valid + written.added,
      duplicate: counts.duplicate + batch.valid - written.added,
      matched: counts.matched + written.matched,
    };
  });
  let to: number | null = null;
  const staged = new StagedRows(tx, checked, { behind: Number(checked.reached?.[0] ?? 0), limit });
  try {
    for (let batch = 1; batch <= batches; batch += 1) {
      const rows = await staged.next({ last: batch === batches });
      const last = rows.at(-1);
      if (last === undefined) break;
      to = last[0];
      await writer.give(await readBatch(rows, read, checked));
    }
    await writer.settled();
  } catch (error) {
    // What is under way has to end first: it would go on in the transaction behind its savepoint.
    await Promise.allSettled([writer.settled(), staged.settled()]);
    throw error;
  }
  return { to, counts };
}

interface ReadBatch {
  /** Of rows with one number that which counts, in the order of their keys. */
  chosen: readonly StagedRow[];
  valid: number;
  faulty: number;
  faults: readonly StagedFault[];
}

/** A valid row, ready to be written: whether it is known is said behind it. */
interface StagedRow {
  key: string;
  phoneNumber: string;
  scope: string;
  rowNumber: number;
  line: string;
}

/** All the work on rows that asks nothing of the database, so that it is done while that is at work on a batch before. */
async function readBatch(
  rows: readonly PackedRow[],
  read: ReturnType<typeof rowReader>,
  checked: Import,
): Promise<ReadBatch> {
  const { onDuplicate } = checked.options;
  const line = lineMaker(checked);
  const chosen = new Map<string, StagedRow>();
  const faults: StagedFault[] = [];
  let faulty = 0;
  let valid = 0;
  const take = (row: ValidRow): void => {
    valid += 1;
    const { phoneNumber, rowNumber, scope } = row;
    const key = keyOf(row);
    if (onDuplicate === 'last' || !chosen.has(key))
      chosen.set(key, { key, phoneNumber, scope, rowNumber, line: line(row) });
  };
  for (const [place, [rowNumber, cells, fault, torn]] of rows.entries()) {
    if (place % READ_AT_ONCE === READ_AT_ONCE - 1) await setImmediate();
    if (cells === null) {
      const stopped = readTorn(checked, rowNumber, torn ?? []);
      for (const row of stopped) take(row);
      faulty += 1;
      faults.push({ ...unreadable(rowNumber, fault ?? null, stopped.length), cells: null });
      continue;
    }
    const result = read(rowNumber, cells);
    if (result.kind === 'row') take(result.row);
    else {
      faulty += 1;
      faults.push(...result.faults.map((each, nth) => ({ ...each, cells: nth === 0 ? cells : null })));
    }
  }
  // In the order of their numbers they are near each other in the index, and for whoever takes them in.
  const inOrder = [...chosen.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  return { chosen: inOrder, valid, faulty, faults };
}

/** What makes lines for COPY of the rows of one batch, but for whether their contacts are known. */
function lineMaker({ importId, kind, options }: Import): (row: ValidRow) => string {
  const isContact = kind === 'contacts';
  const ids = idsInOrder();
  // Rows with the same cell share their list of tags.
  const tagTexts = new Map<readonly string[], string>();
  const tagsText = (tags: readonly string[]): string => {
    const known = tagTexts.get(tags);
    if (known !== undefined) return known;
    const text = arrayText([...new Set([...tags, ...options.tags])]);
    tagTexts.set(tags, text);
    return text;
  };
  return (row) =>
    copyLine([
      importId,
      row.phoneNumber,
      row.scope,
      row.rowNumber,
      // Whoever takes the row in gives the contact an id; a task of the version before takes this one.
      isContact ? idAt(ids, row.rowNumber) : null,
      row.externalId,
      row.name,
      row.language,
      row.timeZone,
      row.state,
      row.postalCode,
      isContact ? JSON.stringify(row.attributes) : null,
      isContact ? tagsText(row.tags) : null,
      row.consent === null ? null : JSON.stringify(row.consent),
    ]);
}

interface Key {
  phoneNumber: string;
  scope: string;
}

const keyOf = ({ phoneNumber, scope }: Key): string => `${phoneNumber} ${scope}`;

/** Which of these numbers an earlier batch has staged, and which are known: keys, in one question. */
async function alreadyThere(
  tx: Transaction,
  importId: string,
  kind: Import['kind'],
  phones: readonly string[],
): Promise<{ staged: ReadonlySet<string>; known: ReadonlySet<string> }> {
  const known =
    kind === 'contacts'
      ? `SELECT phone_number, '', true FROM contact WHERE phone_number = ANY ($2)`
      : 'SELECT phone_number, scope, true FROM suppression WHERE phone_number = ANY ($2)';
  const { rows } = await tx.query<Key & { isKnown: boolean }>(
    `SELECT phone_number AS "phoneNumber", scope, false AS "isKnown" FROM import_contact
      WHERE import_id = $1 AND phone_number = ANY ($2)
     UNION ALL ${known}`,
    [importId, phones],
  );
  const keys = (isKnown: boolean): ReadonlySet<string> =>
    new Set(rows.filter((row) => row.isKnown === isKnown).map(keyOf));
  return { staged: keys(false), known: keys(true) };
}

/** `stopped`: how many numbers of it are suppressed all the same. Which they are is not said: an erasure would not find them. */
const unreadable = (rowNumber: number, fault: string | null, stopped: number): RowFault => ({
  rowNumber,
  place: WHOLE_ROW,
  reason: `${fault ?? 'cannot be read'}${stopped === 0 ? '' : `; numbers in it that are suppressed all the same: ${stopped}`}`,
  value: null,
  phoneNumber: null,
});

/** Stages rows of different numbers. `added`: those of numbers that no earlier batch had; `matched`: of these, known ones. */
async function stage(
  tx: Transaction,
  checked: Import,
  given: readonly StagedRow[],
  pseudonyms: Pseudonyms,
): Promise<{ added: number; matched: number }> {
  const { importId, kind, options } = checked;
  const rows = await withoutErased(tx, checked, given, pseudonyms);
  const phones = rows.map((row) => row.phoneNumber);
  const { staged: before, known: there } = await alreadyThere(tx, importId, kind, phones);
  const again = rows.filter(({ key }) => before.has(key));
  const added = given.length - again.length;
  const replacing = options.onDuplicate === 'last';
  if (replacing && again.length > 0) {
    await tx.query(
      `DELETE FROM import_contact
        USING unnest($2::text[], $3::text[]) AS named(phone_number, scope)
        WHERE import_contact.import_id = $1 AND import_contact.phone_number = named.phone_number
          AND import_contact.scope = named.scope`,
      [importId, again.map((row) => row.phoneNumber), again.map((row) => row.scope)],
    );
  }
  const copied = new CopyRows();
  let matched = 0;
  for (const row of rows) {
    const staged = before.has(row.key);
    if (staged && !replacing) continue;
    const isKnown = there.has(row.key);
    if (!staged && isKnown) matched += 1;
    copied.addLine(row.line, isKnown);
  }
  await copied.writeInto(
    tx,
    `import_contact (import_id, phone_number, scope, row_number, contact_id, external_id, name, language, time_zone, state,
                     postal_code, attributes, tags, consent, is_known)`,
  );
  return { added, matched };
}

async function withoutErased(
  tx: Transaction,
  checked: Import,
  rows: readonly StagedRow[],
  pseudonyms: Pseudonyms,
): Promise<readonly StagedRow[]> {
  const phones = rows.map((row) => row.phoneNumber);
  const erased = await readErasedSinceUpload(tx, checked, phones, pseudonyms);
  if (erased.size === 0) return rows;
  const theirs = rows.filter(({ phoneNumber }) => erased.has(phoneNumber));
  await tellErased(
    tx,
    checked,
    theirs.map(({ rowNumber }) => rowNumber),
  );
  return rows.filter(({ phoneNumber }) => !erased.has(phoneNumber));
}
