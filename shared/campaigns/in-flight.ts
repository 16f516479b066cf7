import type { Clock } from '#shared/clock.ts';
import { IN_FLIGHT_WAIT_MS, LONGEST_REQUEST_MS } from '#shared/consent/in-flight.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

const POLL_MS = 100;

/**
 * Resolves when no request to a carrier for a message of this campaign, or with which a lesson of it begins, is on its way, or after 8 s. To be called after it was
 * paused or stopped: from then on no new one starts. Returns whether all had ended.
 */
export async function waitForCampaignRequests(
  db: Queryable,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  campaignId: string,
): Promise<boolean> {
  const deadline = clock.monotonic() + IN_FLIGHT_WAIT_MS;
  for (;;) {
    const { rowCount } = await db.query(
      `SELECT FROM attempt JOIN message ON message.message_id = attempt.message_id
        WHERE attempt.state = 'posting' AND attempt.posted_at > clock_timestamp() - $2 * interval '1 millisecond'
          AND coalesce(message.campaign_id, message.lesson_campaign_id) = $1
        LIMIT 1`,
      [campaignId, LONGEST_REQUEST_MS],
    );
    if (rowCount === 0) return true;
    if (clock.monotonic() >= deadline) return false;
    await clock.sleep(POLL_MS);
  }
}
