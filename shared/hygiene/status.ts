import type { Queryable } from '#shared/postgres/pool.ts';

/** The do-not-call list in force. */
export interface ListStatus {
  listDate: string;
  numbers: number;
  areaCodes: number;
  loadedBy: string;
}

/** Null: there is none. */
export async function readListStatus(database: Queryable): Promise<ListStatus | null> {
  const { rows } = await database.query<ListStatus>(
    `SELECT list_date::text AS "listDate", numbers, cardinality(prefixes) AS "areaCodes", loaded_by AS "loadedBy"
       FROM do_not_call_list
      WHERE completed_at IS NOT NULL ORDER BY list_date DESC, list_id DESC LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** One load of answers of the Reassigned Numbers Database. */
export interface ReassignedStatus {
  askedOn: string;
  yes: number;
  no: number;
  noData: number;
  loadedBy: string;
}

/** The latest loads, newest question first. */
export async function readReassignedStatus(database: Queryable, limit: number): Promise<ReassignedStatus[]> {
  const { rows } = await database.query<ReassignedStatus>(
    `SELECT asked_on::text AS "askedOn", yes, no, no_data AS "noData", loaded_by AS "loadedBy"
       FROM reassigned_load ORDER BY asked_on DESC, load_id DESC LIMIT $1`,
    [limit],
  );
  return rows;
}
