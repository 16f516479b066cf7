import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** At which carriers these numbers of ours are, of those that we know. */
export async function readCarriers(
  db: Queryable,
  senderNumbers: readonly string[],
): Promise<ReadonlyMap<string, CarrierName>> {
  const { rows } = await db.query<{ sender_number: string; carrier: CarrierName }>(
    'SELECT sender_number, carrier FROM sender WHERE sender_number = ANY ($1)',
    [senderNumbers],
  );
  return new Map(rows.map((row) => [row.sender_number, row.carrier]));
}
