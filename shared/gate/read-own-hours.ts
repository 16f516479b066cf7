import { z } from 'zod';
import { localWindow, windowSchema } from '#shared/campaigns/windows.ts';
import type { LocalWindow } from '#shared/compliance/hours/local-hours.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** What a campaign itself says of when it may be heard. */
export interface OwnHours {
  windows: readonly LocalWindow[];
  /** Nothing of it goes after it (business time); null: it has no end. */
  endAt: Date | null;
}
export type HoursOfCampaigns = ReadonlyMap<string, OwnHours>;

const NONE: HoursOfCampaigns = new Map();
const windowsSchema = z.array(windowSchema);

/** When campaigns want to be heard, by their ids; one that there is not wants to be heard never, and is absent. */
export async function readOwnHours(
  tx: Transaction,
  campaignIds: readonly (string | null)[],
): Promise<HoursOfCampaigns> {
  const named = [...new Set(campaignIds.filter((id) => id !== null))];
  if (named.length === 0) return NONE;
  const { rows } = await tx.query<{ campaign_id: string; windows: unknown; end_at: Date | null }>(
    `SELECT campaign_id, definition -> 'windows' AS windows, end_at FROM campaign WHERE campaign_id = ANY ($1)`,
    [named],
  );
  return new Map(
    rows.map((row) => [
      row.campaign_id,
      { windows: windowsSchema.parse(row.windows).map(localWindow), endAt: row.end_at },
    ]),
  );
}
