import type { Campaign } from '#shared/campaigns/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { after, earlier } from './step.ts';

/** For how long a campaign of which all has gone waits for reports, in ms: most come within seconds. */
const REPORTS_MS = 3_600_000;

/**
 * Until when a campaign of which all has gone waits for reports that may call for a repetition; null: for none. Some
 * networks report after hours or never, so it does not wait for long. It keeps its slot: it goes on with the first of them.
 */
export async function waitForReports(
  tx: Transaction,
  { campaignId, definition, endAt, reportsUntil, type }: Campaign,
  now: Date,
): Promise<Date | null> {
  // Calls end within minutes: a campaign of calls is not done while people talk.
  const isRepeating = type !== 'drill' && (type !== 'sms' || definition.maxAttempts > 1);
  const until = earlier(reportsUntil ?? after(now, REPORTS_MS), endAt);
  if (!isRepeating || until <= now) return null;
  const { rows } = await tx.query<{ expected: number }>(
    `SELECT coalesce(sum(CASE measure WHEN 'sent' THEN value ELSE -value END), 0)::int AS expected FROM campaign_count
      WHERE campaign_id = $1 AND (measure = 'sent' OR measure LIKE 'sent:%')`,
    [campaignId],
  );
  return (rows[0]?.expected ?? 0) > 0 ? until : null;
}
