import type { Queryable } from '#shared/postgres/pool.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** What is known of somebody whose data was erased. */
export interface Erased {
  pseudonym: string;
  /** Business time: what was said until then and arrives now is no longer ours to keep. */
  erasedAt: Date;
  /** Of the last batch of dialog events before: batches up to it come to nothing, and new ones count on from it. */
  dialogVersion: number;
}

/** Those of these phones whose people were erased at a time or since. One look where nobody was: nothing is hashed then. */
export async function readErasedSince(
  db: Queryable,
  phones: readonly string[],
  since: Date,
  pseudonyms: Pseudonyms,
): Promise<ReadonlySet<string>> {
  const { rowCount } = await db.query('SELECT FROM erased_phone WHERE erased_at >= $1 LIMIT 1', [since]);
  if (rowCount === 0) return new Set();
  const erased = await readErased(db, phones, pseudonyms);
  return new Set(
    phones.filter((phone) => {
      const at = erased.get(phone)?.erasedAt;
      return at !== undefined && at >= since;
    }),
  );
}

/**
 * Those of these phones whose data was erased, by their numbers; of one that was erased under several keys the newest.
 * For whoever reads what may have been said before. Called in a transaction that holds the fence (`fence.ts`), it misses
 * no erasure.
 */
export async function readErased(
  db: Queryable,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<ReadonlyMap<string, Erased>> {
  const numberOf = new Map(phones.flatMap((phone) => pseudonyms.allOf(phone).map((name) => [name, phone])));
  const { rows } = await db.query<{ pseudonym: string; erased_at: Date; dialog_version: number }>(
    `SELECT pseudonym, erased_at, dialog_version FROM erased_phone WHERE pseudonym = ANY ($1) ORDER BY erased_at`,
    [[...numberOf.keys()]],
  );
  const found = new Map<string, Erased>();
  for (const { pseudonym, erased_at: erasedAt, dialog_version } of rows) {
    const phone = numberOf.get(pseudonym as `erased:${number}:${string}`);
    if (phone === undefined) continue;
    const dialogVersion = Math.max(dialog_version, found.get(phone)?.dialogVersion ?? 0);
    found.set(phone, { pseudonym, erasedAt, dialogVersion });
  }
  return found;
}
