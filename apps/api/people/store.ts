import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** What is known of a person besides consent; null: nothing of that kind. */
export interface Person {
  /** Where they are, as far as somebody told us. */
  timeZone: string | null;
  state: string | null;
  postalCode: string | null;
  dialog: StoredDialog | null;
}

interface StoredDialog {
  /** As the dialog wrote it, which alone writes it. */
  state: Omit<DialogState, 'currentDrill'>;
  updatedAt: Date;
  drill: { slug: string; name: string; version: number } | null;
}

/** A person of whom we have a number or a dialog; null: nobody ever heard of it. */
export async function readPerson(db: Queryable, phone: string): Promise<Person | null> {
  const { rows } = await db.query<{
    time_zone: string | null;
    region: string | null;
    postal_code: string | null;
    state: StoredDialog['state'] | null;
    updated_at: Date | null;
    drill: StoredDialog['drill'];
  }>(
    `SELECT phone.time_zone, phone.state AS region, phone.postal_code, dialog_state.state, dialog_state.updated_at,
            CASE WHEN drill IS NOT NULL
                 THEN jsonb_build_object('slug', drill -> 'slug', 'name', drill -> 'name', 'version', drill -> 'version')
            END AS drill
       FROM (SELECT $1::text AS phone_number) AS asked
       LEFT JOIN phone USING (phone_number)
       LEFT JOIN dialog_state USING (phone_number)
       LEFT JOIN dialog_drill ON hash = drill_hash
      WHERE phone.phone_number IS NOT NULL OR dialog_state.phone_number IS NOT NULL`,
    [phone],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { drill, postal_code: postalCode, region: state, time_zone: timeZone } = row;
  const dialog =
    row.state === null || row.updated_at === null
      ? null
      : { state: row.state, updatedAt: row.updated_at, drill };
  return { timeZone, state, postalCode, dialog };
}

/** One drill that a person was given. */
export interface DrillProgress {
  programme: string;
  drill: string;
  requestedAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
}

/** Drills that a person was given, in the order in which they were asked for: as many as programmes have. */
export async function readPersonProgress(db: Queryable, phone: string): Promise<DrillProgress[]> {
  const { rows } = await db.query<DrillProgress>(
    `SELECT programme_slug AS programme, drill_slug AS drill, requested_at AS "requestedAt",
            started_at AS "startedAt", completed_at AS "completedAt"
       FROM drill_progress WHERE phone_number = $1 ORDER BY requested_at, programme_slug, drill_slug`,
    [phone],
  );
  return rows;
}

/** Batches of a person's events, newest first, at most `limit` before that version. */
export async function readEventBatches(
  db: Queryable,
  phone: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<DialogEventBatch[]> {
  const { rows } = await db.query<{ batch: DialogEventBatch }>(
    `SELECT batch FROM dialog_event_batch
      WHERE phone_number = $1 AND ($2::bigint IS NULL OR version < $2)
      ORDER BY version DESC LIMIT $3`,
    [phone, before, limit],
  );
  return rows.map(({ batch }) => batch);
}

/** A campaign that has written to a person, or called them. */
export interface CampaignOfPerson {
  id: string;
  name: string;
  status: CampaignStatus;
  messages: number;
  /** Texts of theirs that belong to it. */
  texts: number;
  lastAt: Date;
}

/** Campaigns that something was written for a person by, the newest first, at most `limit`. */
export async function listCampaignsOfPerson(
  db: Queryable,
  phone: string,
  limit: number,
): Promise<CampaignOfPerson[]> {
  const { rows } = await db.query<CampaignOfPerson>(
    `SELECT campaign_id AS id, campaign.name, campaign.status, messages, last_at AS "lastAt",
            (SELECT count(*)::int FROM reply
              WHERE reply.phone_number = $1 AND reply.campaign_id = campaign.campaign_id) AS texts
       FROM (SELECT coalesce(campaign_id, lesson_campaign_id) AS campaign_id, count(*)::int AS messages,
                    max(created_at) AS last_at
               FROM message WHERE phone_number = $1 AND coalesce(campaign_id, lesson_campaign_id) IS NOT NULL
              GROUP BY 1) AS written
       JOIN campaign USING (campaign_id)
      ORDER BY last_at DESC, campaign_id LIMIT $2`,
    [phone, limit],
  );
  return rows;
}
