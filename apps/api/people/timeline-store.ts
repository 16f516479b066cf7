import type { ContactState } from '#shared/campaigns/counts.ts';
import type { CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { type RecordedChange, readHistory } from '#shared/consent/history.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { type MessageRow, readMessages, readTexts, type TextRow } from '../conversations/store.ts';
import { mergeNewest } from './merge.ts';

/** A campaign that somebody is or was among the contacts of. */
export interface CampaignOfPerson {
  campaignId: string;
  contactId: string;
  name: string;
  type: string;
  status: CampaignStatus;
  state: ContactState;
  rule: string | null;
  dueAt: Date | null;
  repliedAt: Date | null;
  messageId: string | null;
  /** Of `at`, with its microseconds. */
  position: string;
}

export interface NoteOfPerson {
  position: number;
  body: string;
  writtenBy: string;
}

/** Something that happened, by what it is. */
export type Entry = { at: Date } & (
  | { kind: 'text'; text: TextRow }
  | { kind: 'message'; message: MessageRow }
  | { kind: 'consent'; change: RecordedChange }
  | { kind: 'campaign'; campaign: CampaignOfPerson }
  | { kind: 'drill'; batch: DialogEventBatch }
  | { kind: 'note'; note: NoteOfPerson }
);

export const entryKinds = ['text', 'message', 'consent', 'campaign', 'drill', 'note'] as const;
export type EntryKind = (typeof entryKinds)[number];

/** Where a page ended, in each kind; what is left out has not begun. */
export interface TimelineCursor {
  text?: { at: string; id: string } | undefined;
  message?: number | undefined;
  consent?: number | undefined;
  campaign?: { at: string; id: string } | undefined;
  drill?: number | undefined;
  note?: number | undefined;
}

/** What happened in lessons that people want to see; the texts themselves are among texts and messages. */
export const shownEvents = [
  'USER_VALIDATED',
  'DRILL_STARTED',
  'REMINDER_TRIGGERED',
  'COMPLETED_PROMPT',
  'FAILED_PROMPT',
  'DRILL_COMPLETED',
  'USER_UPDATED',
] as const satisfies readonly DialogEventBatch['events'][number]['type'][];

interface Asked {
  phone: PhoneNumber;
  kinds: ReadonlySet<EntryKind>;
  after: TimelineCursor;
  limit: number;
  pseudonyms: Pseudonyms;
}

/**
 * A page of everything that happened between us and a person, newest first: each kind in its own order, put together by time.
 * `next`: where the next page begins; null: there is none. Of somebody who was erased there is what is kept about consent.
 */
export async function readTimeline(
  db: Queryable,
  { after, kinds, limit, phone, pseudonyms }: Asked,
): Promise<{ entries: Entry[]; next: TimelineCursor | null }> {
  const most = limit + 1;
  const of = async <Row, E extends Entry>(
    kind: EntryKind,
    rows: () => Promise<Row[]>,
    entry: (row: Row) => E,
  ): Promise<E[]> => (kinds.has(kind) ? (await rows()).map(entry) : []);
  const sources: Entry[][] = [
    await of(
      'text',
      () => readTexts(db, { phone, order: 'newest', after: after.text ?? null, limit: most }),
      (text) => ({ kind: 'text' as const, at: text.at, text }),
    ),
    await of(
      'message',
      () => readMessages(db, { phone, order: 'newest', after: after.message ?? null, limit: most }),
      (message) => ({ kind: 'message' as const, at: message.at, message }),
    ),
    await of(
      'consent',
      () => readHistory(db, phone, { before: after.consent ?? null, limit: most, pseudonyms }),
      // Not when the database heard of it: its clock is not that of the business.
      (change) => ({ kind: 'consent' as const, at: change.requestedAt, change }),
    ),
    await of(
      'campaign',
      () => readCampaigns(db, phone, after.campaign ?? null, most),
      (row) => ({ kind: 'campaign' as const, at: row.at, campaign: row }),
    ),
    await of(
      'drill',
      () => readLessons(db, phone, after.drill ?? null, most),
      (batch) => ({ kind: 'drill' as const, at: new Date(batch.occurredAt), batch }),
    ),
    await of(
      'note',
      () => readNotes(db, phone, after.note ?? null, most),
      (note) => ({ kind: 'note' as const, at: note.at, note }),
    ),
  ];
  const { isMore, rows: entries } = mergeNewest(sources, limit);
  if (!isMore) return { entries, next: null };
  const next = { ...after };
  for (const entry of entries) advance(next, entry);
  return { entries, next };
}

function advance(next: TimelineCursor, entry: Entry): void {
  switch (entry.kind) {
    case 'text':
      next.text = { at: entry.text.position, id: entry.text.id };
      break;
    case 'message':
      next.message = entry.message.ordinal;
      break;
    case 'consent':
      next.consent = entry.change.position;
      break;
    case 'campaign':
      next.campaign = { at: entry.campaign.position, id: entry.campaign.campaignId };
      break;
    case 'drill':
      next.drill = entry.batch.version;
      break;
    case 'note':
      next.note = entry.note.position;
  }
}

/** By when they began, or were made. */
async function readCampaigns(
  db: Queryable,
  phone: PhoneNumber,
  after: TimelineCursor['campaign'] | null,
  limit: number,
): Promise<(CampaignOfPerson & { at: Date })[]> {
  const { rows } = await db.query<CampaignOfPerson & { at: Date }>(
    `SELECT *, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
       FROM (SELECT coalesce(campaign.started_at, campaign.start_at, campaign.created_at) AS at,
                    campaign.campaign_id AS "campaignId", contact_id AS "contactId", name, type, campaign.status,
                    campaign_contact.state, campaign_contact.rule, campaign_contact.due_at AS "dueAt",
                    campaign_contact.replied_at AS "repliedAt", campaign_contact.message_id AS "messageId"
               FROM campaign_contact JOIN campaign USING (campaign_id)
              WHERE campaign_contact.phone_number = $1 AND campaign_contact.phone_number LIKE '+%') AS taken
      WHERE $2::timestamptz IS NULL OR (at, "campaignId") < ($2, $3::uuid)
      ORDER BY at DESC, "campaignId" DESC LIMIT $4`,
    [phone, after?.at ?? null, after?.id ?? null, limit],
  );
  return rows;
}

async function readLessons(
  db: Queryable,
  phone: PhoneNumber,
  before: number | null,
  limit: number,
): Promise<DialogEventBatch[]> {
  const { rows } = await db.query<{ batch: DialogEventBatch }>(
    `SELECT batch FROM dialog_event_batch
      WHERE phone_number = $1 AND ($2::bigint IS NULL OR version < $2)
        AND EXISTS (SELECT FROM json_array_elements(batch -> 'events') AS event WHERE event ->> 'type' = ANY ($4))
      ORDER BY version DESC LIMIT $3`,
    [phone, before, limit, shownEvents],
  );
  return rows.map(({ batch }) => batch);
}

async function readNotes(
  db: Queryable,
  phone: PhoneNumber,
  before: number | null,
  limit: number,
): Promise<(NoteOfPerson & { at: Date })[]> {
  const { rows } = await db.query<NoteOfPerson & { at: Date }>(
    `SELECT note.position, note.body, note.written_by AS "writtenBy", note.written_at AS at
       FROM conversation JOIN conversation_note AS note USING (conversation_id)
      WHERE conversation.phone_number = $1 AND ($2::bigint IS NULL OR note.position < $2)
      ORDER BY note.position DESC LIMIT $3`,
    [phone, before, limit],
  );
  return rows;
}
