import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { TakenAs, Verdict } from '#shared/replies/taken-as.ts';

/** A text as it is stored. */
export interface Reply {
  replyId: string;
  phoneNumber: string;
  ourNumber: string;
  contactId: string | null;
  campaignId: string | null;
  /** That campaign started lessons. */
  ofLesson: boolean;
  body: string;
  mediaUrls: readonly string[];
  carrier: string;
  carrierMessageId: string;
  receivedAt: Date;
  /** Of the conversation. */
  session: number;
  taken: TakenAs | null;
  /** When it goes to people if the dialog says nothing (business time); null: it is known what became of it. */
  untoldAt: Date | null;
  /** The accepted keyword of its campaign that it is; null: none. */
  keyword: string | null;
}

/** What is known of a text that is stored. */
export interface StoredReply {
  replyId: string;
  phoneNumber: string;
  ourNumber: string;
  campaignId: string | null;
  ofLesson: boolean;
  receivedAt: Date;
  taken: TakenAs | null;
  read: boolean;
  answered: boolean;
  keyword: string | null;
}

/** Those of these texts that are stored. */
export async function readReplies(
  tx: Transaction,
  replyIds: readonly string[],
): Promise<Map<string, StoredReply>> {
  const { rows } = await tx.query<{
    reply_id: string;
    phone_number: string;
    our_number: string;
    campaign_id: string | null;
    of_lesson: boolean;
    received_at: Date;
    taken_as: TakenAs | null;
    read: boolean;
    answered: boolean;
    keyword: string | null;
  }>(
    `SELECT reply_id, phone_number, our_number, campaign_id, of_lesson, received_at, taken_as, read_at IS NOT NULL AS read,
            answered_at IS NOT NULL AS answered, keyword
       FROM reply WHERE reply_id = ANY ($1)`,
    [replyIds],
  );
  return new Map(
    rows.map((row) => [
      row.reply_id,
      {
        replyId: row.reply_id,
        phoneNumber: row.phone_number,
        ourNumber: row.our_number,
        campaignId: row.campaign_id,
        ofLesson: row.of_lesson,
        receivedAt: row.received_at,
        taken: row.taken_as,
        read: row.read,
        answered: row.answered,
        keyword: row.keyword,
      },
    ]),
  );
}

/** Stores texts that are not stored yet, in their order. The conversations with their numbers are locked. */
export async function insertReplies(tx: Transaction, replies: readonly Reply[]): Promise<void> {
  if (replies.length === 0) return;
  await tx.query(
    `INSERT INTO reply (reply_id, phone_number, our_number, contact_id, campaign_id, body, media_urls, carrier,
                        carrier_message_id, received_at, session, taken_as, untold_at, of_lesson, keyword)
     SELECT reply_id, phone_number, our_number, contact_id, campaign_id, body,
            ARRAY(SELECT jsonb_array_elements_text(media_urls)), carrier, carrier_message_id, received_at, session, taken_as,
            untold_at, of_lesson, keyword
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::jsonb[], $8::text[],
                   $9::text[], $10::timestamptz[], $11::int[], $12::text[], $13::timestamptz[], $14::boolean[], $15::text[])
            WITH ORDINALITY AS stored(reply_id, phone_number, our_number, contact_id, campaign_id, body, media_urls,
                                      carrier, carrier_message_id, received_at, session, taken_as, untold_at, of_lesson, keyword, place)
      ORDER BY place`,
    [
      replies.map((each) => each.replyId),
      replies.map((each) => each.phoneNumber),
      replies.map((each) => each.ourNumber),
      replies.map((each) => each.contactId),
      replies.map((each) => each.campaignId),
      replies.map((each) => each.body),
      replies.map((each) => JSON.stringify(each.mediaUrls)),
      replies.map((each) => each.carrier),
      replies.map((each) => each.carrierMessageId),
      replies.map((each) => each.receivedAt),
      replies.map((each) => each.session),
      replies.map((each) => each.taken),
      replies.map((each) => each.untoldAt),
      replies.map((each) => each.ofLesson),
      replies.map((each) => each.keyword),
    ],
  );
}

/** Writes what became of texts that are stored. */
export async function writeTaken(
  tx: Transaction,
  told: readonly { replyId: string; taken: TakenAs }[],
): Promise<void> {
  if (told.length === 0) return;
  await tx.query(
    `UPDATE reply SET taken_as = told.taken_as, untold_at = NULL
       FROM unnest($1::uuid[], $2::text[]) AS told(reply_id, taken_as) WHERE reply.reply_id = told.reply_id`,
    [told.map(({ replyId }) => replyId), told.map(({ taken }) => taken)],
  );
}

/** Keeps what the dialog made of texts that are not stored yet. */
export async function keepVerdicts(
  tx: Transaction,
  told: readonly { replyId: string; taken: Verdict }[],
): Promise<void> {
  if (told.length === 0) return;
  await tx.query(
    `INSERT INTO reply_verdict (reply_id, taken_as)
     SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING`,
    [told.map(({ replyId }) => replyId), told.map(({ taken }) => taken)],
  );
}

/** Takes out what was kept of these texts. */
export async function takeVerdicts(
  tx: Transaction,
  replyIds: readonly string[],
): Promise<Map<string, Verdict>> {
  const { rows } = await tx.query<{ reply_id: string; taken_as: Verdict }>(
    'DELETE FROM reply_verdict WHERE reply_id = ANY ($1) RETURNING reply_id, taken_as',
    [replyIds],
  );
  return new Map(rows.map((row) => [row.reply_id, row.taken_as]));
}

/** Forgets what was kept for texts that never came (they were set aside), some at a time; returns how many. */
export async function forgetVerdicts(db: Queryable, days: number, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM reply_verdict WHERE reply_id IN (
       SELECT reply_id FROM reply_verdict WHERE heard_at < clock_timestamp() - $1 * interval '1 day' LIMIT $2)`,
    [days, limit],
  );
  return rowCount ?? 0;
}

/** Whose these numbers are: contacts by number. */
export async function readContacts(tx: Transaction, phones: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ phone_number: string; contact_id: string }>(
    'SELECT phone_number, contact_id FROM contact WHERE phone_number = ANY ($1)',
    [phones],
  );
  return new Map(rows.map((row) => [row.phone_number, row.contact_id]));
}

/** What contacts have said last. */
export interface LastReply {
  contactId: string;
  body: string;
  receivedAt: Date;
}

/** Writes it where it is newer than what is there. */
export async function writeLastReplies(tx: Transaction, said: readonly LastReply[]): Promise<void> {
  if (said.length === 0) return;
  await tx.query(
    `WITH newer AS MATERIALIZED (
       SELECT contact.contact_id, said.body, said.received_at
         FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS said(contact_id, body, received_at)
         JOIN contact USING (contact_id)
        WHERE contact.last_reply_at IS NULL OR contact.last_reply_at < said.received_at
        ORDER BY contact.contact_id FOR UPDATE OF contact)
     UPDATE contact SET last_reply = newer.body, last_reply_at = newer.received_at
       FROM newer WHERE contact.contact_id = newer.contact_id`,
    [
      said.map(({ contactId }) => contactId),
      said.map(({ body }) => body),
      said.map(({ receivedAt }) => receivedAt),
    ],
  );
}

/** Opens conversations that were put off until now, some at a time; returns how many. `now`: business time. */
export async function wakeSnoozed(db: Queryable, now: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query(
    `UPDATE conversation SET state = 'open', snoozed_until = NULL, version = version + 1
      WHERE conversation_id IN (
        SELECT conversation_id FROM conversation
         WHERE state = 'snoozed' AND snoozed_until <= $1 ORDER BY snoozed_until LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [now, limit],
  );
  return rowCount ?? 0;
}

/** When the next conversation is due (business time); null: none is put off. */
export async function nextSnoozed(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date | null }>(
    `SELECT min(snoozed_until) AS due_at FROM conversation WHERE state = 'snoozed'`,
  );
  return rows[0]?.due_at ?? null;
}
