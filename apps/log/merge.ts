import { contradicting } from '#shared/carriers/status.ts';
import { type LogRow, mergeRows } from './row.ts';

/** What the records of a batch know, one row per message, and what they disagree on. */
export interface MergedBatch {
  /** In the order of their ids: every task locks rows in the same order. */
  rows: LogRow[];
  conflicts: StatusConflict[];
}

/** Two terminal statuses of one message that cannot both be true. */
export interface StatusConflict {
  logId: string;
  statuses: readonly [string, string];
}

/** Folds rows of single records into one row per message. */
export function mergeBatch(rows: readonly LogRow[]): MergedBatch {
  const byId = new Map<string, LogRow>();
  const conflicts: StatusConflict[] = [];
  for (const row of rows) {
    const known = byId.get(row.logId);
    if (known === undefined) {
      byId.set(row.logId, row);
      continue;
    }
    const { status } = row.status;
    if (contradicting(known.status.status).includes(status)) {
      conflicts.push({ logId: row.logId, statuses: [known.status.status, status] });
    }
    byId.set(row.logId, mergeRows(known, row));
  }
  const merged = [...byId.values()].sort((a, b) => (a.logId < b.logId ? -1 : 1));
  return { rows: merged, conflicts };
}
