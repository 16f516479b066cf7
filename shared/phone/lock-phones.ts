import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * The row of a phone is its lock: whoever decides about sending to it, or changes what its owner consented to, holds it
 * to the end of the transaction. All take the rows of several phones in the order of their numbers, in one pass, so that
 * no two of them can wait for each other. Everything read after it is what was committed before the lock was had.
 */

/**
 * Locks these phones and makes the rows that are missing. One pass over both: to make rows first and lock the others
 * after would take them in two orders.
 */
export async function lockPhones(tx: Transaction, phones: readonly string[]): Promise<void> {
  await tx.query(
    `INSERT INTO phone AS known (phone_number)
     SELECT DISTINCT phone_number FROM unnest($1::text[]) AS named(phone_number) ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE SET phone_number = excluded.phone_number
      WHERE false -- which locks the row and writes nothing`,
    [phones],
  );
}

/**
 * Locks those of these phones that have a row, and returns them: no message and no attempt is without one. A row that was
 * gone, of a person who was erased, may be made anew a moment later by somebody else: only what is returned is locked.
 */
export async function lockKnownPhones(tx: Transaction, phones: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ phone_number: string }>(
    'SELECT phone_number FROM phone WHERE phone_number = ANY ($1) ORDER BY phone_number FOR UPDATE',
    [phones],
  );
  return rows.map((row) => row.phone_number);
}
