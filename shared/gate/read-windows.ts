import { z } from 'zod';
import { localWindow, windowSchema } from '#shared/campaigns/windows.ts';
import type { LocalWindow } from '#shared/compliance/hours/local-hours.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

export type Windows = ReadonlyMap<string, readonly LocalWindow[]>;

const NONE: Windows = new Map();
const windowsSchema = z.array(windowSchema);

/** When campaigns want to be heard, by their ids; one that there is not wants to be heard never, and is absent. */
export async function readWindows(
  tx: Transaction,
  campaignIds: readonly (string | null)[],
): Promise<Windows> {
  const named = [...new Set(campaignIds.filter((id) => id !== null))];
  if (named.length === 0) return NONE;
  const { rows } = await tx.query<{ campaign_id: string; windows: unknown }>(
    `SELECT campaign_id, definition -> 'windows' AS windows FROM campaign WHERE campaign_id = ANY ($1)`,
    [named],
  );
  return new Map(rows.map((row) => [row.campaign_id, windowsSchema.parse(row.windows).map(localWindow)]));
}
