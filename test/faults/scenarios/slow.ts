import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Scenario } from '../scenario.ts';

const SLOW_MS = 20_000;
/** Each of its batches writes there once, and waits for so long, in s: below any time-out, above what it otherwise takes by far. */
const SLOW_S = 2;
const SLOWED = [
  { service: 'dialog', table: 'dialog_event_batch', rows: 'commands' },
  { service: 'log', table: 'message_log', rows: 'records' },
  { service: 'inbox', table: 'reply', rows: 'texts' },
  { service: 'sender', table: 'attempt', rows: 'messages' },
] as const;

/** Sequences keep what they were set to by transactions that failed, too. */
const slowDown = (database: Pool, table: string) =>
  database.query(
    `CREATE SEQUENCE slowed_batches MINVALUE 0 START 0;
     CREATE SEQUENCE largest_batch MINVALUE 0 START 0;
     CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     DECLARE size int := (SELECT count(*) FROM written);
     BEGIN
       IF size > 0 THEN
         PERFORM nextval('public.slowed_batches'),
                 setval('public.largest_batch', greatest(size, (SELECT last_value FROM public.largest_batch))),
                 pg_sleep(${SLOW_S});
       END IF;
       RETURN NULL;
     END $$;
     CREATE TRIGGER slow_down AFTER INSERT ON ${table} REFERENCING NEW TABLE AS written
       FOR EACH STATEMENT EXECUTE FUNCTION slow_down()`,
  );

async function speedUp(database: Pool, table: string): Promise<{ batches: number; largest: number }> {
  const { rows } = await database.query<{ batches: number; largest: number }>(
    `SELECT (SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM slowed_batches)::int AS batches,
            (SELECT last_value FROM largest_batch)::int AS largest`,
  );
  await database.query(
    `DROP TRIGGER slow_down ON ${table}; DROP FUNCTION slow_down(); DROP SEQUENCE slowed_batches, largest_batch`,
  );
  return rows[0] ?? { batches: 0, largest: 0 };
}

/** What has more than this in a batch has fallen behind: one by one is how people write. */
const BEHIND = 4;

export const slowConsumers: Scenario = {
  name: 'slow-consumers',
  says:
    'One after the other the dialog, the log, the inbox and the sender become slow, for 20 s each: every batch that they write waits ' +
    'for 2 s, by a trigger, while others go on at their pace. What gathers before them meanwhile is done in larger batches ' +
    'then, as the counts say: the largest of each.',
  inflict: async ({ lasts, say, system: { database } }) => {
    const inflicted: Record<string, number> = {};
    for (const { rows, service, table } of SLOWED) {
      await slowDown(database, table);
      await delay(lasts(SLOW_MS));
      const { batches, largest } = await speedUp(database, table);
      say(`${batches} batches of ${service} were slow, of ${largest} ${rows} at most`);
      inflicted[`slow batches of ${service}`] = batches;
      inflicted[`${rows} in one of them`] = largest >= BEHIND ? largest : 0;
    }
    return inflicted;
  },
};
