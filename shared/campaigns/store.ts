import type { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { type CampaignType, type Definition, definitionSchema } from './definition.ts';
import type { CampaignStatus, Standing } from './lifecycle.ts';

/** What may keep a campaign from going on: the places of its pool are taken, or a second person has to agree. */
/** `resume`: somebody paused it while it waited for one of the others. */
export const waits = ['slot', 'approval', 'resume'] as const;
export type WaitsFor = (typeof waits)[number];

/** A campaign as it is kept. */
export interface Campaign extends Standing {
  campaignId: string;
  name: string;
  type: CampaignType;
  pool: 'sms' | 'voice';
  intent: 'transactional' | 'marketing';
  definition: Definition;
  /** Why it failed, was paused by itself, or waits. */
  reason: string | null;
  /** The same for programs; null: nothing keeps it, or somebody paused it. */
  waitsFor: WaitsFor | null;
  startAt: Date | null;
  endAt: Date | null;
  /** When the orchestrator has to look again. */
  dueAt: Date | null;
  /** Since when it waits for a slot. */
  queuedAt: Date | null;
  /** Active: up to when its pace was used. */
  pacedAt: Date | null;
  /** The same of the calls of a ladder, which have a pace of their own. */
  callsPacedAt: Date | null;
  /** Of one that is spread over a time: since when nobody of it may be written to. Null: somebody may. */
  restedAt: Date | null;
  /** Most people in one of its batches, as larger ones took too long; null: as many as the environment has it. */
  batchMost: number | null;
  /** Active: all has gone, and until when reports that may call for a repetition are waited for. */
  reportsUntil: Date | null;
  /** When the sample of its experiment had gone, when it was decided, and for which variant. */
  sampledAt: Date | null;
  decidedAt: Date | null;
  winner: number | null;
  loadedTo: string | null;
  loadedAt: Date | null;
  startedAt: Date | null;
  endedAt: Date | null;
  archivedAt: Date | null;
  createdBy: string;
  /** Who changed the draft besides. */
  editedBy: readonly string[];
  approvedBy: string | null;
  approvedAt: Date | null;
  /** How many people its audience was then; null: it is not approved, or nobody wrote it down. */
  approvedContacts: number | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

interface Row {
  campaign_id: string;
  name: string;
  type: CampaignType;
  pool: 'sms' | 'voice';
  intent: 'transactional' | 'marketing';
  definition: unknown;
  status: CampaignStatus;
  paused_from: 'loading' | 'active' | null;
  reason: string | null;
  waits_for: WaitsFor | null;
  start_at: Date | null;
  end_at: Date | null;
  due_at: Date | null;
  queued_at: Date | null;
  paced_at: Date | null;
  calls_paced_at: Date | null;
  rested_at: Date | null;
  batch_most: number | null;
  reports_until: Date | null;
  sampled_at: Date | null;
  decided_at: Date | null;
  winner: number | null;
  loaded_to: string | null;
  loaded_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  archived_at: Date | null;
  created_by: string;
  edited_by: string[];
  approved_by: string | null;
  approved_at: Date | null;
  approved_contacts: number | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

/**
 * Of a row of `campaign`: it holds one of the slots of its pool. One that somebody paused keeps its own, so that it can go on at
 * once; one that waits for its approval, or for a slot after it, has none, also where it was paused meanwhile: nothing of it has
 * gone, and others go first.
 */
export const HOLDS_SLOT = `(campaign.status IN ('loading', 'active') OR campaign.status = 'paused' AND campaign.waits_for IS NULL)`;

/** The same: it waits for one, at the business time that `now` is in SQL. */
export const waitsForSlot = (now: string): string =>
  `(campaign.status = 'scheduled' AND coalesce(campaign.start_at, ${now}) <= ${now}
    OR campaign.status = 'paused' AND campaign.waits_for = 'slot')`;

/** All columns, for statements of other modules that read campaigns. */
export const CAMPAIGN_COLUMNS = `campaign_id, name, type, pool, intent, definition, status, paused_from, reason, waits_for,
  start_at, end_at, due_at, queued_at, paced_at, calls_paced_at, rested_at, batch_most, reports_until, sampled_at, decided_at, winner, loaded_to, loaded_at,
  started_at, ended_at, archived_at, created_by, edited_by, approved_by, approved_at, approved_contacts, version, created_at, updated_at`;

/** This version cannot read what a campaign is: a newer one wrote it. The message says which of it, for people. */
export class UnreadableCampaign extends CarillonError {
  constructor(cause: z.ZodError) {
    super(
      'invalid_record',
      `This version cannot read the campaign (${unreadIn(cause)}): a newer one wrote it.`,
      {
        cause,
      },
    );
    this.name = 'UnreadableCampaign';
  }
}

const MOST_PLACES_NAMED = 3;

/** Where the definition is another than it may be. */
function unreadIn({ issues }: z.ZodError): string {
  const places = issues.flatMap((issue) => {
    const path = issue.path.map(String);
    return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
  });
  const named = places.slice(0, MOST_PLACES_NAMED).map((path) => ['/definition', ...path].join('/'));
  return [...named, ...(places.length > named.length ? ['and more'] : [])].join(', ');
}

/** A campaign in a list, which has a place there also where this version cannot read what it is. */
export type ListedCampaign = Omit<Campaign, 'definition'> &
  ({ definition: Definition; unreadable: null } | { definition: null; unreadable: UnreadableCampaign });

/** The same of a row that may be unreadable. */
export function listedCampaignOf(row: Row): ListedCampaign {
  const { data, error } = definitionSchema.safeParse(row.definition);
  return error === undefined
    ? { ...standingOf(row), definition: data, unreadable: null }
    : { ...standingOf(row), definition: null, unreadable: new UnreadableCampaign(error) };
}

/** A row of a statement that read these columns. Throws `UnreadableCampaign`. */
export function campaignOf(row: Row): Campaign {
  const { definition, unreadable, ...standing } = listedCampaignOf(row);
  if (unreadable !== null) throw unreadable;
  return { ...standing, definition };
}

const standingOf = (row: Row): Omit<Campaign, 'definition'> => ({
  campaignId: row.campaign_id,
  name: row.name,
  type: row.type,
  pool: row.pool,
  intent: row.intent,
  status: row.status,
  pausedFrom: row.paused_from,
  reason: row.reason,
  waitsFor: row.waits_for,
  startAt: row.start_at,
  endAt: row.end_at,
  dueAt: row.due_at,
  queuedAt: row.queued_at,
  pacedAt: row.paced_at,
  callsPacedAt: row.calls_paced_at,
  restedAt: row.rested_at,
  batchMost: row.batch_most,
  reportsUntil: row.reports_until,
  sampledAt: row.sampled_at,
  decidedAt: row.decided_at,
  winner: row.winner,
  loadedTo: row.loaded_to,
  loadedAt: row.loaded_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  archivedAt: row.archived_at,
  createdBy: row.created_by,
  editedBy: row.edited_by,
  approvedBy: row.approved_by,
  approvedAt: row.approved_at,
  approvedContacts: row.approved_contacts,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Whether there is one, also where this version cannot read it. */
export async function isCampaign(db: Queryable, campaignId: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM campaign WHERE campaign_id = $1', [campaignId]);
  return rowCount === 1;
}

/** As it stands; null: there is none. Throws `UnreadableCampaign`. */
export async function readCampaign(db: Queryable, campaignId: string): Promise<Campaign | null> {
  const { rows } = await db.query<Row>(`SELECT ${CAMPAIGN_COLUMNS} FROM campaign WHERE campaign_id = $1`, [
    campaignId,
  ]);
  return rows[0] ? campaignOf(rows[0]) : null;
}

/** The same, locked to the end of the transaction: nothing of it is planned and nobody else tells it anything meanwhile. */
export async function lockCampaign(tx: Transaction, campaignId: string): Promise<Campaign | null> {
  const row = await lockRow(tx, campaignId);
  return row === null ? null : campaignOf(row);
}

/** The same, also where this version cannot read it. */
export async function lockListedCampaign(
  tx: Transaction,
  campaignId: string,
): Promise<ListedCampaign | null> {
  const row = await lockRow(tx, campaignId);
  return row === null ? null : listedCampaignOf(row);
}

async function lockRow(tx: Transaction, campaignId: string): Promise<Row | null> {
  const { rows } = await tx.query<Row>(
    `SELECT ${CAMPAIGN_COLUMNS} FROM campaign WHERE campaign_id = $1 FOR UPDATE`,
    [campaignId],
  );
  return rows[0] ?? null;
}

/** What can be read of every campaign, also of one whose definition nobody can read any more. */
export type DueCampaign = Pick<Campaign, 'campaignId' | 'status' | 'type' | 'endAt' | 'startedAt'>;

/** The next campaign that is due, locked, by its id; one that somebody else holds is passed over. */
export async function lockDueCampaign(tx: Transaction, now: Date): Promise<DueCampaign | null> {
  const { rows } = await tx.query<Pick<Row, 'campaign_id' | 'status' | 'type' | 'end_at' | 'started_at'>>(
    // Of those that are due at the same instant one is the first, and not whichever the table has before the others.
    'SELECT campaign_id, status, type, end_at, started_at FROM campaign WHERE due_at <= $1 ORDER BY due_at, campaign_id LIMIT 1 FOR UPDATE SKIP LOCKED',
    [now],
  );
  const [row] = rows;
  return row === undefined
    ? null
    : {
        campaignId: row.campaign_id,
        status: row.status,
        type: row.type,
        endAt: row.end_at,
        startedAt: row.started_at,
      };
}

/** What changes of a campaign as it goes on; what is left out stays. */
export type Progress = Partial<
  Pick<
    Campaign,
    | 'status'
    | 'pausedFrom'
    | 'reason'
    | 'waitsFor'
    | 'startAt'
    | 'dueAt'
    | 'queuedAt'
    | 'pacedAt'
    | 'callsPacedAt'
    | 'restedAt'
    | 'batchMost'
    | 'reportsUntil'
    | 'sampledAt'
    | 'decidedAt'
    | 'winner'
    | 'loadedTo'
    | 'loadedAt'
    | 'startedAt'
    | 'endedAt'
  >
>;

const columnOf: Readonly<Record<keyof Progress, string>> = {
  status: 'status',
  pausedFrom: 'paused_from',
  reason: 'reason',
  waitsFor: 'waits_for',
  startAt: 'start_at',
  dueAt: 'due_at',
  queuedAt: 'queued_at',
  pacedAt: 'paced_at',
  callsPacedAt: 'calls_paced_at',
  restedAt: 'rested_at',
  batchMost: 'batch_most',
  reportsUntil: 'reports_until',
  sampledAt: 'sampled_at',
  decidedAt: 'decided_at',
  winner: 'winner',
  loadedTo: 'loaded_to',
  loadedAt: 'loaded_at',
  startedAt: 'started_at',
  endedAt: 'ended_at',
};

/**
 * Writes where a campaign, whose row is locked, has come to. Its version grows only with its status or its start: whoever
 * looked at it before may not change it unseen, and need not care how far it has come.
 */
export async function writeProgress(
  tx: Transaction,
  campaignId: string,
  progress: Progress,
  now: Date,
): Promise<void> {
  const changed = (Object.keys(progress) as (keyof Progress)[]).filter((key) => progress[key] !== undefined);
  if (changed.length === 0) return;
  const isNews = changed.some((key) => key === 'status' || key === 'startAt');
  await tx.query(
    `UPDATE campaign SET ${changed.map((key, index) => `${columnOf[key]} = $${index + 3}`).join(', ')}
            ${isNews ? ', version = version + 1, updated_at = $2' : ', updated_at = greatest(updated_at, $2)'}
      WHERE campaign_id = $1`,
    [campaignId, now, ...changed.map((key) => progress[key])],
  );
}
