import type { AgentMode } from '#shared/agent/modes.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** What a mode is about: one of the two. */
export type ModeSubject = { campaignId: string } | { ourNumber: string };

export interface StoredMode {
  mode: AgentMode;
  version: number;
  updatedAt: Date;
  updatedBy: string;
}

const COLUMNS = `mode, version, updated_at AS "updatedAt", updated_by AS "updatedBy"`;
const keyOf = (subject: ModeSubject): [string | null, string | null] =>
  'campaignId' in subject ? [subject.campaignId, null] : [null, subject.ourNumber];

/** Null: nobody has said anything. */
export async function readMode(db: Queryable, subject: ModeSubject): Promise<StoredMode | null> {
  const { rows } = await db.query<StoredMode>(
    `SELECT ${COLUMNS} FROM agent_mode WHERE campaign_id = $1 OR our_number = $2`,
    keyOf(subject),
  );
  return rows[0] ?? null;
}

/** Writes it over what is there. */
export async function writeMode(
  tx: Transaction,
  subject: ModeSubject,
  { by, mode, now }: { mode: AgentMode; by: string; now: Date },
): Promise<StoredMode> {
  const values = [...keyOf(subject), mode, now, by];
  const { rows: known } = await tx.query<StoredMode>(
    `UPDATE agent_mode SET mode = $3, updated_at = $4, updated_by = $5, version = version + 1
      WHERE campaign_id = $1 OR our_number = $2 RETURNING ${COLUMNS}`,
    values,
  );
  if (known[0] !== undefined) return known[0];
  const { rows } = await tx.query<StoredMode>(
    `INSERT INTO agent_mode AS known (campaign_id, our_number, mode, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (${'campaignId' in subject ? 'campaign_id' : 'our_number'}) DO UPDATE
        SET mode = excluded.mode, updated_at = excluded.updated_at, updated_by = excluded.updated_by, version = known.version + 1
     RETURNING ${COLUMNS}`,
    values,
  );
  const [written] = rows;
  if (written === undefined) throw new Error('a mode that was written has no row');
  return written;
}
