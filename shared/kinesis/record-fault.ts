import { CarillonError } from '#shared/errors.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { isDataFault } from '#shared/postgres/pool.ts';

/**
 * Whether an error may come from a record's content. The machinery's and the deployment's errors never do: to
 * quarantine on those would set aside every record of a stream because of one missing grant.
 */
export const isRecordFault = (error: unknown): boolean =>
  error instanceof CarillonError ? error.code === 'invalid_record' : isDataFault(error);

/** The most that a stream or a queue takes as one record, in bytes, with room for its key. */
const MOST_BYTES = 1_000_000;

/** What could never be published must not get into the outbox: it would hold up everything behind it for ever. */
export function requirePublishable(entries: readonly OutboxEntry[]): void {
  for (const { target, body } of entries) {
    const bytes = Buffer.byteLength(body);
    if (bytes > MOST_BYTES) {
      throw new CarillonError(
        'invalid_record',
        `causes a record of ${bytes} bytes for ${target}: too large to send`,
      );
    }
  }
}
