import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { Mapping } from './columns.ts';
import type { ImportKind, ImportOptions, ImportStatus } from './options.ts';

export type ImportStep = 'clear' | 'rows' | 'external_ids' | 'commit' | 'forget';

/** A file on its way in: what it is, where it stands, and what was counted. */
export interface Import {
  importId: string;
  kind: ImportKind;
  status: ImportStatus;
  /** What the service does for it; null: it waits for somebody. */
  step: ImportStep | null;
  /** Up to where the step has come: a row, an external id, or a number and its scope. Null: it has not begun. */
  reached: readonly (string | number)[] | null;
  fileName: string;
  options: ImportOptions;
  columns: readonly string[];
  mapping: Mapping;
  excludeFaulty: boolean;
  upload: number;
  /** Business time at which the upload of the file began; null: an earlier version began it, or there is none. */
  uploadAt: Date | null;
  fileBytes: number;
  fileHash: string | null;
  counts: ImportCounts;
  reason: string | null;
  dueAt: Date | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
}

export interface ImportCounts {
  fileRows: number;
  valid: number;
  duplicate: number;
  faulty: number;
  matched: number;
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  erased: number;
  consents: number;
}

/** Nothing that was counted of the check or of the commit. */
export const UNCHECKED: Omit<ImportCounts, 'fileRows'> = {
  valid: 0,
  duplicate: 0,
  faulty: 0,
  matched: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  refused: 0,
  erased: 0,
  consents: 0,
};

const COLUMNS = `import_id AS "importId", kind, status, step, reached, file_name AS "fileName", options, columns, mapping,
  exclude_faulty AS "excludeFaulty", upload, upload_at AS "uploadAt", file_bytes AS "fileBytes", file_hash AS "fileHash",
  jsonb_build_object('fileRows', file_rows, 'valid', valid, 'duplicate', duplicate, 'faulty', faulty, 'matched', matched,
                     'created', created, 'updated', updated, 'unchanged', unchanged, 'refused', refused,
                     'erased', erased, 'consents', consents) AS counts,
  reason, due_at AS "dueAt", created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt",
  ended_at AS "endedAt"`;

export async function findImport(db: Queryable, importId: string): Promise<Import | null> {
  const { rows } = await db.query<Import>(`SELECT ${COLUMNS} FROM contact_import WHERE import_id = $1`, [
    importId,
  ]);
  return rows[0] ?? null;
}

/** The same, with its row locked to the end of the transaction. */
export async function lockImport(tx: Transaction, importId: string): Promise<Import | null> {
  const { rows } = await tx.query<Import>(
    `SELECT ${COLUMNS} FROM contact_import WHERE import_id = $1 FOR UPDATE`,
    [importId],
  );
  return rows[0] ?? null;
}

/** The import that has been due for longest and that nobody works on, locked. Null: none is due. */
export async function lockDueImport(tx: Transaction, now: Date): Promise<Import | null> {
  const { rows } = await tx.query<Import>(
    `SELECT ${COLUMNS} FROM contact_import WHERE due_at <= $1
      ORDER BY due_at, import_id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [now],
  );
  return rows[0] ?? null;
}

/** When the next import is due; null: none is. */
export async function nextDueImport(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date | null }>(
    'SELECT min(due_at) AS due_at FROM contact_import',
  );
  return rows[0]?.due_at ?? null;
}

/** Where a page of imports ended. */
export interface ImportPosition {
  at: string;
  importId: string;
}

/** Imports, newest first, at most `limit` behind `after`. */
export async function listImports(
  db: Queryable,
  {
    after,
    kind,
    limit,
    status,
  }: { after: ImportPosition | null; limit: number; status: ImportStatus | null; kind: ImportKind | null },
): Promise<(Import & { position: string })[]> {
  const { rows } = await db.query<Import & { position: string }>(
    `SELECT ${COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
       FROM contact_import
      WHERE ($1::text IS NULL OR status = $1) AND ($5::text IS NULL OR kind = $5)
        AND ($2::timestamptz IS NULL OR (created_at, import_id) < ($2, $3::uuid))
      ORDER BY created_at DESC, import_id DESC LIMIT $4`,
    [status, after?.at ?? null, after?.importId ?? null, limit, kind],
  );
  return rows;
}

export async function insertImport(
  tx: Transaction,
  made: Pick<Import, 'importId' | 'kind' | 'fileName' | 'options' | 'dueAt' | 'createdBy' | 'createdAt'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO contact_import (import_id, kind, file_name, options, due_at, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [
      made.importId,
      made.kind,
      made.fileName,
      JSON.stringify(made.options),
      made.dueAt,
      made.createdBy,
      made.createdAt,
    ],
  );
}

/** Writes an import whose row is locked, as it is now. */
export async function writeImport(tx: Transaction, changed: Import): Promise<void> {
  const { counts } = changed;
  await tx.query(
    `UPDATE contact_import
        SET status = $2, step = $3, reached = $4, columns = $5, mapping = $6, exclude_faulty = $7, upload = $8,
            file_bytes = $9, file_hash = $10, file_rows = $11, valid = $12, duplicate = $13, faulty = $14, matched = $15,
            created = $16, updated = $17, unchanged = $18, refused = $19, erased = $20, consents = $21, reason = $22,
            due_at = $23, updated_at = $24, ended_at = $25, upload_at = $26
      WHERE import_id = $1`,
    [
      changed.importId,
      changed.status,
      changed.step,
      changed.reached === null ? null : JSON.stringify(changed.reached),
      changed.columns,
      JSON.stringify(changed.mapping),
      changed.excludeFaulty,
      changed.upload,
      changed.fileBytes,
      changed.fileHash,
      counts.fileRows,
      counts.valid,
      counts.duplicate,
      counts.faulty,
      counts.matched,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.refused,
      counts.erased,
      counts.consents,
      changed.reason,
      changed.dueAt,
      changed.updatedAt,
      changed.endedAt,
      changed.uploadAt,
    ],
  );
}
