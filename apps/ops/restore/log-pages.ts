import type { Queryable } from '#shared/postgres/pool.ts';

/** Rows of the message log in one transaction. */
const PAGE = 1_000;

/** Rows of messages that went out, by the time at which they were first heard of; erased people have none. */
export interface LogPage {
  logIds: string[];
  phones: string[];
}

/** What the message log has heard since a moment, in the order in which it did. Each statement reads a little, however much went out: none may take longer than a few seconds. */
export async function* pagesOfLog(db: Queryable, since: Date): AsyncGenerator<LogPage> {
  let last = { seen: since.toISOString(), id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const { rows } = await db.query<{ log_id: string; phone_number: string; seen: string }>(
      // As text: a Date would lose the microseconds.
      `SELECT log_id, phone_number, first_seen_at::text AS seen FROM message_log
        WHERE (first_seen_at, log_id) > ($1::timestamptz, $2::uuid)
          AND message_id IS NOT NULL AND carrier_message_id IS NOT NULL AND phone_number LIKE '+%'
        ORDER BY first_seen_at, log_id LIMIT $3`,
      [last.seen, last.id, PAGE],
    );
    const end = rows.at(-1);
    if (end === undefined) return;
    last = { seen: end.seen, id: end.log_id };
    yield { logIds: rows.map((row) => row.log_id), phones: rows.map((row) => row.phone_number) };
  }
}
