import { v7 } from 'uuid';
import type { ContactField } from '#shared/contacts/fields.ts';
import { type RowFault, rowReader, type ValidRow, WHOLE_ROW } from '#shared/imports/read-row.ts';
import type { Import, ImportCounts } from '#shared/imports/store.ts';
import { arrayText, CopyRows } from '#shared/postgres/copy.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { stageFaults } from './stage-faults.ts';

/** Up to which row the check has come; null: there were no more. */
export interface Checked {
  to: number | null;
  counts: ImportCounts;
}

/**
 * Checks the next rows of a file: each is staged, a duplicate, or faulty, and counted as that. Of rows with one number
 * the chosen one is staged, whichever batches they are in. The import's row is locked, so nobody else stages for it; a
 * fixed number of statements, whatever the number of rows.
 */
export async function checkRows(
  tx: Transaction,
  checked: Import,
  fields: readonly ContactField[],
  { limit, now }: { limit: number; now: Date },
): Promise<Checked> {
  const { counts, importId, kind, mapping, options, upload } = checked;
  const { rows } = await tx.query<{ row_number: number; cells: string[] | null; fault: string | null }>(
    `SELECT row_number, cells, fault FROM import_row
      WHERE import_id = $1 AND upload = $2 AND row_number > $3 ORDER BY row_number LIMIT $4`,
    [importId, upload, checked.reached?.[0] ?? 0, limit],
  );
  const last = rows.at(-1);
  if (last === undefined) return { to: null, counts };
  const read = rowReader({ kind, mapping, options, fields, now });
  const chosen = new Map<string, ValidRow>();
  const faults: RowFault[] = [];
  let faulty = 0;
  let valid = 0;
  for (const { cells, fault, row_number: rowNumber } of rows) {
    const result =
      cells === null
        ? { kind: 'faults' as const, faults: [unreadable(rowNumber, fault)] }
        : read(rowNumber, cells);
    if (result.kind === 'faults') {
      faulty += 1;
      faults.push(...result.faults);
      continue;
    }
    valid += 1;
    const key = keyOf(result.row);
    if (options.onDuplicate === 'last' || !chosen.has(key)) chosen.set(key, result.row);
  }
  await stageFaults(tx, checked, faults);
  const staged = await stage(tx, checked, [...chosen.values()]);
  return {
    to: last.row_number,
    counts: {
      ...counts,
      faulty: counts.faulty + faulty,
      valid: counts.valid + staged.added,
      duplicate: counts.duplicate + valid - staged.added,
      matched: counts.matched + staged.matched,
    },
  };
}

interface Key {
  phoneNumber: string;
  scope: string;
}

const keyOf = ({ phoneNumber, scope }: Key): string => `${phoneNumber} ${scope}`;

const keysOf = async (found: Promise<{ rows: Key[] }>): Promise<ReadonlySet<string>> =>
  new Set((await found).rows.map(keyOf));

const unreadable = (rowNumber: number, fault: string | null): RowFault => ({
  rowNumber,
  place: WHOLE_ROW,
  reason: fault ?? 'cannot be read',
  value: null,
  phoneNumber: null,
});

/** Stages rows of different numbers. `added`: those of numbers that no earlier batch had; `matched`: of these, known ones. */
async function stage(
  tx: Transaction,
  { importId, kind, options }: Import,
  rows: readonly ValidRow[],
): Promise<{ added: number; matched: number }> {
  const phones = rows.map((row) => row.phoneNumber);
  const before = await keysOf(
    tx.query<Key>(
      `SELECT phone_number AS "phoneNumber", scope FROM import_contact
        WHERE import_id = $1 AND phone_number = ANY ($2)`,
      [importId, phones],
    ),
  );
  const there = await keysOf(
    kind === 'contacts'
      ? tx.query<Key>(
          `SELECT phone_number AS "phoneNumber", '' AS scope FROM contact WHERE phone_number = ANY ($1)`,
          [phones],
        )
      : tx.query<Key>(
          `SELECT phone_number AS "phoneNumber", scope FROM suppression WHERE phone_number = ANY ($1)`,
          [phones],
        ),
  );
  const isStaged = (row: ValidRow): boolean => before.has(keyOf(row));
  const again = rows.filter(isStaged);
  const added = rows.length - again.length;
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
    const staged = isStaged(row);
    if (staged && !replacing) continue;
    const isKnown = there.has(keyOf(row));
    if (!staged && isKnown) matched += 1;
    copied.add([
      ...[importId, row.phoneNumber, row.scope, row.rowNumber, kind === 'contacts' ? v7() : null, isKnown],
      ...[row.externalId, row.name, row.language, row.timeZone, row.state, row.postalCode],
      kind === 'contacts' ? JSON.stringify(row.attributes) : null,
      kind === 'contacts' ? arrayText([...new Set([...row.tags, ...options.tags])]) : null,
      row.consent === null ? null : JSON.stringify(row.consent),
    ]);
  }
  await copied.writeInto(
    tx,
    `import_contact (import_id, phone_number, scope, row_number, contact_id, is_known, external_id, name, language,
                     time_zone, state, postal_code, attributes, tags, consent)`,
  );
  return { added, matched };
}
