import type { Channel } from '#shared/compliance/touch.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/**
 * The tasks that send, as PostgreSQL has them: how those who do not reach Redis know their share of a rate. All times are
 * the database's.
 */
export interface TaskView {
  /** Tasks that live or may live, the caller's own among them. */
  tasks: number;
  /** Whether one of them paces alone. */
  someAlone: boolean;
}

/** A task that has not been heard of for so long does not send any more: see FRESH_MS. In ms. */
export const LOST_MS = 10_000;
/** A task that has not read the others for so long paces nothing, in ms. Less than LOST_MS by more than a beat. */
export const FRESH_MS = 6_000;
/** How often a task says that it lives and reads the others, in ms. */
export const BEAT_MS = 2_000;

/**
 * Says that a task lives and how it paces, forgets those who are long gone, and returns who there is of its channel: texts
 * and calls have rates of their own.
 */
export async function beatTask(
  db: Queryable,
  task: string,
  pacesAlone: boolean,
  channel: Channel = 'sms',
): Promise<TaskView> {
  // One statement: every task makes it every two seconds. What it writes itself it does not see, and adds.
  const { rows } = await db.query<{ tasks: number; some_alone: boolean }>(
    `WITH own AS (
       INSERT INTO sender_task (task, paces_alone, channel) VALUES ($1, $2, $3)
       ON CONFLICT (task) DO UPDATE SET seen_at = clock_timestamp(), paces_alone = excluded.paces_alone),
     gone AS (
       DELETE FROM sender_task WHERE task IN (
         SELECT task FROM sender_task WHERE task <> $1 AND seen_at < clock_timestamp() - $4 * interval '6 milliseconds'
            FOR UPDATE SKIP LOCKED))
     SELECT count(*)::int + 1 AS tasks, $2 OR coalesce(bool_or(paces_alone), false) AS some_alone
       FROM sender_task
      WHERE task <> $1 AND channel = $3 AND seen_at > clock_timestamp() - $4 * interval '1 millisecond'`,
    [task, pacesAlone, channel, LOST_MS],
  );
  return { tasks: rows[0]?.tasks ?? 1, someAlone: rows[0]?.some_alone ?? true };
}

/** A task that stops: the others need not leave it its share. */
export async function endTask(db: Queryable, task: string): Promise<void> {
  await db.query('DELETE FROM sender_task WHERE task = $1', [task]);
}
