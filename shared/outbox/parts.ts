import type { OutboxRow } from './write.ts';

/**
 * What is published together: little enough to be through well within a publisher's patience, at the 1 MiB a second
 * that one shard takes. Larger parts would time out, be repeated whole, and so keep their own throttle alive.
 */
const MOST_ROWS = 500;
const MOST_BYTES = 1_000_000;

/** Divides rows into parts to publish one after another, in order. A row larger than a part stands alone. */
export function publishableParts(rows: readonly OutboxRow[]): OutboxRow[][] {
  const parts: OutboxRow[][] = [];
  let part: OutboxRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Buffer.byteLength(row.entry.body);
    if (part.length > 0 && (part.length === MOST_ROWS || bytes + size > MOST_BYTES)) {
      parts.push(part);
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += size;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
