import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import type { Campaign } from './climbs.ts';

const QUIET_MS = 900_000;
const OVER = [
  ...['delivered', 'undelivered', 'failed', 'completed', 'busy', 'no-answer', 'canceled'],
  // Whatever the carrier refused.
  'refused',
];

/**
 * Resolves when nothing of these campaigns can change by itself before time does: nobody is due, nothing is queued or at the
 * carrier, the end of everything that it took is known, and its contacts have followed.
 */
export const untilQuiet = (system: System, campaigns: readonly Campaign[]): Promise<void> =>
  eventually(async () => {
    const now = await system.now();
    const { rows } = await system.database.query<Record<string, number>>(
      `SELECT
        (SELECT count(*)::int FROM campaign WHERE campaign_id = ANY ($1) AND status IN ('scheduled', 'loading')) AS starting,
        (SELECT count(*)::int FROM campaign_contact WHERE campaign_id = ANY ($1)
            AND (state = 'queued' OR state IN ('pending', 'held') AND due_at <= $2
                 OR state = 'held' AND replied_at IS NOT NULL)) AS due,
        (SELECT count(*)::int FROM message WHERE campaign_id = ANY ($1)
            AND state IN ('queued', 'posting', 'ambiguous', 'held')) AS waiting,
        (SELECT count(*)::int FROM message_log AS log JOIN message USING (message_id)
          WHERE message.campaign_id = ANY ($1) AND log.status <> ALL ($3)) AS underway,
        (SELECT count(*)::int FROM message JOIN attempt USING (message_id)
          WHERE message.campaign_id = ANY ($1) AND attempt.state = 'accepted'
            AND (attempt.channel = 'voice' AND attempt.over_at IS NULL
                 OR NOT EXISTS (SELECT FROM message_log AS log WHERE log.attempt_id = attempt.attempt_id))) AS open,
        (SELECT count(*)::int FROM campaign_delivery WHERE campaign_id = ANY ($1) AND is_news) AS news`,
      [campaigns.map(({ id }) => id), now, OVER],
    );
    const left = Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0);
    if (left.length > 0) throw new Error(`not quiet: ${JSON.stringify(left)}`);
  }, QUIET_MS);

/** Who still waits, and until when. */
export async function openContacts(
  system: System,
  campaigns: readonly Campaign[],
): Promise<{ count: number; due: Date | null; all: Date[] }> {
  const { rows } = await system.database.query<{ due: Date }>(
    `SELECT due_at AS due FROM campaign_contact
      WHERE campaign_id = ANY ($1) AND state IN ('pending', 'held') ORDER BY due_at`,
    [campaigns.map(({ id }) => id)],
  );
  const all = rows.map(({ due }) => due);
  return { count: all.length, due: all[0] ?? null, all };
}
