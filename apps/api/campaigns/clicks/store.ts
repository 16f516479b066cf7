import type { Queryable } from '#shared/postgres/pool.ts';

/** A contact who followed a link of a campaign. */
export interface ClickerRow {
  contactId: string;
  phoneNumber: string;
  variant: number;
  /** For the first time. */
  clickedAt: Date;
  /** Where that link leads; null: the person was erased. */
  url: string | null;
}

/** In the order of their ids; of one variant or of all. */
export async function listClickers(
  db: Queryable,
  wanted: { campaignId: string; variant: number | null; after: string | null; limit: number },
): Promise<ClickerRow[]> {
  const { rows } = await db.query<ClickerRow>(
    `SELECT click.contact_id AS "contactId", link.phone_number AS "phoneNumber", click.variant,
            click.clicked_at AS "clickedAt", link.url
       FROM campaign_click AS click JOIN short_link AS link USING (token)
      WHERE click.campaign_id = $1 AND ($2::smallint IS NULL OR click.variant = $2)
        AND ($3::uuid IS NULL OR click.contact_id > $3)
      ORDER BY click.contact_id LIMIT $4`,
    [wanted.campaignId, wanted.variant, wanted.after, wanted.limit],
  );
  return rows;
}

/** Contacts who followed a link, by variant: what the gateway has counted, which is what the rows add up to. */
export async function countClickers(
  db: Queryable,
  campaignId: string,
): Promise<{ variant: number; contacts: number }[]> {
  const { rows } = await db.query<{ variant: number; contacts: number }>(
    `SELECT variant, value::float8 AS contacts FROM campaign_count
      WHERE campaign_id = $1 AND measure = 'clicked' AND value > 0 ORDER BY variant`,
    [campaignId],
  );
  return rows;
}
