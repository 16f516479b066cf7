import type { ContactState, Count } from '#shared/campaigns/counts.ts';
import { type CampaignType, type Definition, storedDefinition } from '#shared/campaigns/definition.ts';
import type { DeliveryOutcome } from '#shared/campaigns/deliveries.ts';
import type { Ending } from '#shared/campaigns/ladder.ts';
import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import {
  CAMPAIGN_COLUMNS,
  type Campaign,
  type ListedCampaign,
  listedCampaignOf,
} from '#shared/campaigns/store.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { CallOutcome } from '#shared/voice/call-outcomes.ts';

type Row = Parameters<typeof listedCampaignOf>[0];

/** Newest first, those among them that this version cannot read. Archived ones only where they are asked for. */
export async function listCampaigns(
  db: Queryable,
  wanted: {
    /** Null: of any. */
    statuses: readonly CampaignStatus[] | null;
    type: CampaignType | null;
    /** Part of the name, in any case; null: whatever it is called. */
    called: string | null;
    archived: boolean;
    after: { createdAt: string; id: string } | null;
    limit: number;
  },
): Promise<(ListedCampaign & { position: string })[]> {
  const { rows } = await db.query<Row & { position: string }>(
    `SELECT ${CAMPAIGN_COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
       FROM campaign
      WHERE ($1::text[] IS NULL OR status = ANY ($1)) AND ($7::text IS NULL OR position(lower($7) IN lower(name)) > 0) AND ($2::text IS NULL OR type = $2) AND (archived_at IS NOT NULL) = $3
        AND ($4::timestamptz IS NULL OR (created_at, campaign_id) < ($4, $5::uuid))
      ORDER BY created_at DESC, campaign_id DESC LIMIT $6`,
    [
      wanted.statuses,
      wanted.type,
      wanted.archived,
      wanted.after?.createdAt ?? null,
      wanted.after?.id ?? null,
      wanted.limit,
      wanted.called,
    ],
  );
  return rows.map((row) => ({ ...listedCampaignOf(row), position: row.position }));
}

export interface NewCampaign {
  campaignId: string;
  name: string;
  type: CampaignType;
  intent: Campaign['intent'];
  definition: Definition;
  endAt: Date | null;
  createdBy: string;
  at: Date;
}

/** A draft. */
export async function insertCampaign(tx: Transaction, made: NewCampaign): Promise<void> {
  await tx.query(
    `INSERT INTO campaign (campaign_id, name, type, intent, definition, end_at, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [
      made.campaignId,
      made.name,
      made.type,
      made.intent,
      storedDefinition(made.definition),
      made.endAt,
      made.createdBy,
      made.at,
    ],
  );
}

/** Changes a draft. Who approved it approved something else, and whoever changes it may not approve it. */
export async function updateCampaign(
  tx: Transaction,
  {
    at,
    campaignId,
    definition,
    editedBy,
    endAt,
    intent,
    name,
  }: Omit<NewCampaign, 'type' | 'createdBy'> & { editedBy: string },
): Promise<void> {
  await tx.query(
    `UPDATE campaign SET name = $2, intent = $3, definition = $4, end_at = $5, version = version + 1, updated_at = $6,
            approved_by = NULL, approved_at = NULL, approved_contacts = NULL,
            edited_by = CASE WHEN $7 = ANY (edited_by) THEN edited_by ELSE edited_by || $7::text END
      WHERE campaign_id = $1`,
    [campaignId, name, intent, storedDefinition(definition), endAt, at, editedBy],
  );
}

export async function deleteCampaign(tx: Transaction, campaignId: string): Promise<void> {
  await tx.query('DELETE FROM campaign WHERE campaign_id = $1', [campaignId]);
}

export async function approveCampaign(
  tx: Transaction,
  { at, by, campaignId, contacts }: { campaignId: string; by: string; at: Date; contacts: number },
): Promise<void> {
  await tx.query(
    `UPDATE campaign SET approved_by = $2, approved_at = $3, approved_contacts = $4, version = version + 1, updated_at = $3
      WHERE campaign_id = $1`,
    [campaignId, by, at, contacts],
  );
}

export async function archiveCampaign(
  tx: Transaction,
  campaignId: string,
  at: Date | null,
  now: Date,
): Promise<void> {
  await tx.query(
    'UPDATE campaign SET archived_at = $2, version = version + 1, updated_at = $3 WHERE campaign_id = $1',
    [campaignId, at, now],
  );
}

/** Which of these lists there are. */
export async function knownLists(db: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.query<{ list_id: string }>(
    'SELECT list_id FROM contact_list WHERE list_id = ANY ($1)',
    [ids],
  );
  return new Set(rows.map(({ list_id }) => list_id));
}

export interface CampaignContactRow {
  contact_id: string;
  phone_number: string;
  variant: number;
  state: ContactState;
  rule: string | null;
  due_at: Date | null;
  message_id: string | null;
  attempts: number;
  replied_at: Date | null;
  keyword: string | null;
  step: number | null;
}

/** Which contacts of a campaign: everything that is given must hold at once. */
export interface Wanted {
  campaignId: string;
  state: ContactState | null;
  /** Any of these; null: whatever it is. */
  states: readonly ContactState[] | null;
  /** Null: everybody. */
  contactId: string | null;
  rule: string | null;
  variant: number | null;
  /** Of one of their messages, what the carrier says. */
  outcome: DeliveryOutcome | null;
  /** And the code that it gives. */
  code: string | null;
  /** How one of their calls ended. */
  call: CallOutcome | null;
  /** Null: whether they have answered or not. */
  replied: boolean | null;
  /** The accepted keyword that their newest answer of that kind is; null: any, or none. */
  keyword: string | null;
  /** Null: whether they have followed a link or not. */
  clicked: boolean | null;
  optedOut: boolean;
  /** Those who came to this step of a ladder; null: whoever came to any. */
  step: number | null;
  /** And by which ending; null: by any. */
  via: Ending | null;
}

/** In the order of their ids. */
export async function listContacts(
  db: Queryable,
  wanted: Wanted & { after: string | null; limit: number },
): Promise<CampaignContactRow[]> {
  const values: unknown[] = [wanted.campaignId, wanted.after, wanted.limit];
  const place = (value: unknown): string => `$${values.push(value)}`;
  // What is not asked for is no condition: a plan for any state would not use the index of states.
  const conditions = [
    'each.campaign_id = $1',
    '($2::uuid IS NULL OR each.contact_id > $2)',
    ...(wanted.state === null ? [] : [`each.state = ${place(wanted.state)}`]),
    ...(wanted.states === null ? [] : [`each.state = ANY (${place(wanted.states)})`]),
    ...(wanted.contactId === null ? [] : [`each.contact_id = ${place(wanted.contactId)}`]),
    ...(wanted.rule === null ? [] : [`each.rule = ${place(wanted.rule)}`]),
    ...(wanted.variant === null ? [] : [`each.variant = ${place(wanted.variant)}`]),
    ...(wanted.outcome === null && wanted.code === null
      ? []
      : [
          `EXISTS (SELECT FROM campaign_delivery AS told
                    WHERE told.campaign_id = $1 AND told.contact_id = each.contact_id
                      ${wanted.outcome === null ? '' : `AND told.outcome = ${place(wanted.outcome)}`}
                      ${wanted.code === null ? '' : `AND told.error_code = ${place(wanted.code)}`})`,
        ]),
    ...(wanted.call === null
      ? []
      : [
          `EXISTS (SELECT FROM campaign_delivery AS told
                    WHERE told.campaign_id = $1 AND told.contact_id = each.contact_id AND told.call_outcome = ${place(wanted.call)})`,
        ]),
    ...(wanted.replied === null ? [] : [`each.replied_at IS ${wanted.replied ? 'NOT NULL' : 'NULL'}`]),
    ...(wanted.keyword === null ? [] : [`each.keyword = ${place(wanted.keyword)}`]),
    ...(wanted.clicked === null
      ? []
      : [
          `${wanted.clicked ? '' : 'NOT '}EXISTS (
             SELECT FROM campaign_click AS followed
              WHERE followed.campaign_id = $1 AND followed.contact_id = each.contact_id)`,
        ]),
    ...(wanted.optedOut
      ? [
          'EXISTS (SELECT FROM campaign_opt_out AS gone WHERE gone.campaign_id = $1 AND gone.contact_id = each.contact_id)',
        ]
      : []),
    ...(wanted.step === null && wanted.via === null
      ? []
      : [
          `EXISTS (SELECT FROM campaign_step AS entered
                    WHERE entered.campaign_id = $1 AND entered.contact_id = each.contact_id
                      ${wanted.step === null ? '' : `AND entered.step = ${place(wanted.step)}`}
                      ${wanted.via === null ? '' : `AND entered.via = ${place(wanted.via)}`})`,
        ]),
  ];
  const { rows } = await db.query<CampaignContactRow>(
    `SELECT each.contact_id, each.phone_number, each.variant, each.state, each.rule,
            CASE WHEN each.state IN ('pending', 'held') THEN each.due_at END AS due_at, each.message_id,
            each.attempts, each.replied_at, each.keyword, each.step
       FROM campaign_contact AS each WHERE ${conditions.join(' AND ')}
      ORDER BY each.contact_id LIMIT $3`,
    values,
  );
  return rows;
}

/** What the carrier said of the messages of a campaign, counted: `campaign_delivery_count`. */
export async function readDeliveryCounts(db: Queryable, campaignId: string): Promise<Count[]> {
  const { rows } = await db.query<Count>(
    `SELECT variant, measure, value::float8 AS value FROM campaign_delivery_count
      WHERE campaign_id = $1 AND value <> 0 ORDER BY variant, measure`,
    [campaignId],
  );
  return rows;
}
