/** Something that happened, in the order of its own kind. */
export interface Happened {
  at: Date;
}

export interface Merged<Row> {
  /** The newest of all, the newest first. */
  rows: Row[];
  /** How many of each source were shown. */
  shown: number[];
  isMore: boolean;
}

/**
 * A page of what several sources have, each of them newest first and read with one more than `limit`, so that the page never
 * ends for want of rows of one. Each source keeps its own order, also where clocks differ; of two at one instant that of the
 * earlier source stands first. Pure.
 */
export function mergeNewest<Row extends Happened>(
  sources: readonly (readonly Row[])[],
  limit: number,
): Merged<Row> {
  const shown = sources.map(() => 0);
  const rows: Row[] = [];
  while (rows.length < limit) {
    let newest: { row: Row; source: number } | null = null;
    for (const [source, each] of sources.entries()) {
      const row = each[shown[source] ?? 0];
      if (row !== undefined && (newest === null || row.at > newest.row.at)) newest = { row, source };
    }
    if (newest === null) break;
    rows.push(newest.row);
    shown[newest.source] = (shown[newest.source] ?? 0) + 1;
  }
  const there = sources.reduce((sum, each) => sum + each.length, 0);
  return { rows, shown, isMore: there > rows.length };
}
