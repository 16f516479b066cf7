import type { Queryable } from '#shared/postgres/pool.ts';

/** Removes what loads that broke off have left. Only for whoever holds the lock of loads: another may be at work. */
export async function removeUnfinishedLists(client: Queryable, batch: number): Promise<void> {
  const { rows } = await client.query<{ list_id: number }>(
    'SELECT list_id FROM do_not_call_list WHERE completed_at IS NULL',
  );
  for (const { list_id } of rows) {
    await emptyList(client, list_id, batch);
    await client.query('DELETE FROM do_not_call_list WHERE list_id = $1', [list_id]);
  }
}

/** Removes the numbers of lists that a newer one has replaced; what the lists were stays on record. */
export async function removeNumbersOf(
  client: Queryable,
  lists: readonly number[],
  now: Date,
  batch: number,
): Promise<void> {
  for (const listId of lists) {
    await emptyList(client, listId, batch);
    await client.query('UPDATE do_not_call_list SET emptied_at = $2 WHERE list_id = $1', [listId, now]);
  }
}

/** In statements of one batch each, in the order of the index, so that none walks over what is dead already. */
async function emptyList(client: Queryable, listId: number, batch: number): Promise<void> {
  let last: string | null = '';
  while (last !== null) {
    const { rows }: { rows: { last: string | null }[] } = await client.query(
      `WITH removed AS (
         DELETE FROM do_not_call_number
          WHERE list_id = $1 AND phone_number IN (
                SELECT phone_number FROM do_not_call_number
                 WHERE list_id = $1 AND phone_number > $2 ORDER BY phone_number LIMIT $3)
         RETURNING phone_number)
       SELECT max(phone_number) AS last FROM removed`,
      [listId, last, batch],
    );
    last = rows[0]?.last ?? null;
  }
}
