import { audienceSql } from '#shared/campaigns/audience-sql.ts';
import { addMoves } from '#shared/campaigns/counts.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { waitsSinceSql } from '#shared/campaigns/spread.ts';
import type { Campaign } from '#shared/campaigns/store.ts';
import { variantSql } from '#shared/campaigns/variants.ts';
import type { ContactField } from '#shared/contacts/fields.ts';
import { readByKey } from '#shared/postgres/by-key.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Contacts looked at in one transaction: far from the time-out of a statement, also where the database is slow. */
const LOADED_AT_ONCE = 5_000;

export type Loaded =
  /** Contacts up to this one are in the audience; `null`: all. */
  { kind: 'loaded'; to: string | null; contacts: number } | { kind: 'faults'; reason: string };

/**
 * Makes the next part of an audience, in one statement whatever its size: contacts in the order of their ids, after those
 * that were loaded before, each looked up by its key, as a join may read all contacts for every part. The campaign's row is locked, and how far it has come is written in the same transaction, so a
 * process that dies in between neither loses nor doubles anybody. `now`: business time.
 */
export async function loadAudience(
  tx: Transaction,
  campaign: Campaign,
  fields: readonly ContactField[],
  now: Date,
  limit = LOADED_AT_ONCE,
): Promise<Loaded> {
  const { campaignId, definition, loadedTo } = campaign;
  const audience = audienceSql(definition.audience, fields, 6);
  if (audience.kind === 'faults') return audience;
  const values = [
    campaignId,
    now,
    loadedTo ?? '00000000-0000-0000-0000-000000000000',
    limit,
    ladderOf(campaign) === null ? null : 0,
    ...audience.values,
  ];
  await readByKey(tx);
  const weights = definition.variants.map(({ weight }) => weight);
  const dueAt =
    definition.spreadOverMinutes === null ? '$2' : waitsSinceSql('$1', 'contact.contact_id', '$2');
  const { rows } = await tx.query<{
    last: string | null;
    looked: number;
    variant: number | null;
    contacts: number;
  }>(
    `WITH part AS MATERIALIZED (${audience.among('$3', '$4')}),
     loaded AS (
       INSERT INTO campaign_contact (campaign_id, contact_id, phone_number, variant, due_at, step, step_base)
       SELECT $1, contact.contact_id, contact.phone_number, ${variantSql('$1', 'contact.contact_id', weights)}, ${dueAt}, $5::smallint,
              $5::smallint
         FROM part
         CROSS JOIN LATERAL (SELECT * FROM contact WHERE contact.contact_id = part.contact_id LIMIT 1) AS contact
        WHERE ${audience.condition}
       ON CONFLICT DO NOTHING
       RETURNING variant),
     counted AS (SELECT variant, count(*)::int AS contacts FROM loaded GROUP BY variant)
     SELECT (SELECT contact_id FROM part ORDER BY contact_id DESC LIMIT 1) AS last,
            (SELECT count(*)::int FROM part) AS looked, counted.variant, coalesce(counted.contacts, 0) AS contacts
       FROM (SELECT) AS one LEFT JOIN counted ON true`,
    values,
  );
  const loaded = rows.filter((row): row is typeof row & { variant: number } => row.variant !== null);
  await addMoves(
    tx,
    campaignId,
    loaded.map(({ contacts, variant }) => ({
      variant,
      from: null,
      to: { state: 'pending', rule: null },
      contacts,
    })),
  );
  const [first] = rows;
  const isAll = (first?.looked ?? 0) < limit;
  return {
    kind: 'loaded',
    to: isAll ? null : (first?.last ?? null),
    contacts: loaded.reduce((sum, { contacts }) => sum + contacts, 0),
  };
}
