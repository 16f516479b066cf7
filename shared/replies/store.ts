import type { Transaction } from '#shared/postgres/pool.ts';
import type { Conversation, ConversationState, OpenedFrom } from './conversation.ts';

interface Row {
  conversation_id: string;
  phone_number: string;
  state: ConversationState;
  snoozed_until: Date | null;
  opened_from: OpenedFrom['state'] | null;
  opened_from_snoozed: Date | null;
  unread: number;
  waiting: number;
  last_reply_id: string | null;
  last_text_at: Date | null;
  our_number: string | null;
  campaign_id: string | null;
  session: number;
  session_at: Date | null;
  activity_at: Date | null;
}

const COLUMNS = `conversation_id, phone_number, state, snoozed_until, opened_from, opened_from_snoozed, unread, waiting,
  last_reply_id, last_text_at, our_number, campaign_id, session, session_at, activity_at`;

const conversationOf = (row: Row): Conversation => ({
  conversationId: row.conversation_id,
  phoneNumber: row.phone_number,
  state: row.state,
  snoozedUntil: row.snoozed_until,
  openedFrom: openedFromOf(row),
  unread: row.unread,
  waiting: row.waiting,
  lastReplyId: row.last_reply_id,
  lastTextAt: row.last_text_at,
  ourNumber: row.our_number,
  campaignId: row.campaign_id,
  session: row.session,
  sessionAt: row.session_at,
  activityAt: row.activity_at,
});

function openedFromOf({
  opened_from: state,
  opened_from_snoozed: until,
  state: now,
}: Row): OpenedFrom | null {
  if (now !== 'open') return null;
  if (state === 'snoozed') return until === null ? null : { state, until };
  return state === null ? null : { state };
}

/**
 * The conversations with these numbers, locked to the end of the transaction in the order of the numbers; those that are
 * missing are made. Texts of a number are stored and marked under this lock alone. `now`: business time.
 */
export async function lockConversations(
  tx: Transaction,
  phones: readonly string[],
  { newId, now }: { newId: () => string; now: Date },
): Promise<Map<string, Conversation>> {
  const sorted = [...new Set(phones)].sort();
  // One pass over both, as with phones: to make rows first and lock the others after would take them in two orders.
  await tx.query(
    `INSERT INTO conversation AS known (conversation_id, phone_number, created_at)
     SELECT conversation_id, phone_number, $3
       FROM unnest($1::uuid[], $2::text[]) AS named(conversation_id, phone_number) ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE SET phone_number = excluded.phone_number
      WHERE false -- which locks the row and writes nothing`,
    [sorted.map(() => newId()), sorted, now],
  );
  const { rows } = await tx.query<Row>(`SELECT ${COLUMNS} FROM conversation WHERE phone_number = ANY ($1)`, [
    sorted,
  ]);
  return new Map(rows.map((row) => [row.phone_number, conversationOf(row)]));
}

/** One conversation, locked; null: there is none. */
export async function lockConversation(
  tx: Transaction,
  conversationId: string,
): Promise<Conversation | null> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM conversation WHERE conversation_id = $1 FOR UPDATE`,
    [conversationId],
  );
  return rows[0] ? conversationOf(rows[0]) : null;
}

/**
 * Those of these conversations that nobody else holds, by id, locked to the end of the transaction in the order of their
 * numbers.
 */
export async function lockKnownConversations(
  tx: Transaction,
  conversationIds: readonly string[],
): Promise<Map<string, Conversation>> {
  if (conversationIds.length === 0) return new Map();
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM conversation WHERE conversation_id = ANY ($1) ORDER BY phone_number FOR UPDATE SKIP LOCKED`,
    [conversationIds],
  );
  return new Map(rows.map((row) => [row.conversation_id, conversationOf(row)]));
}

/** Writes conversations, which are locked, as they are now. */
export async function writeConversations(
  tx: Transaction,
  conversations: readonly Conversation[],
): Promise<void> {
  if (conversations.length === 0) return;
  await tx.query(
    `UPDATE conversation
        SET state = became.state, snoozed_until = became.snoozed_until, opened_from = became.opened_from,
            opened_from_snoozed = became.opened_from_snoozed, unread = became.unread,
            waiting = became.waiting, last_reply_id = became.last_reply_id, last_text_at = became.last_text_at,
            our_number = became.our_number, campaign_id = became.campaign_id, session = became.session,
            session_at = became.session_at, activity_at = became.activity_at,
            version = version + CASE WHEN conversation.state = became.state THEN 0 ELSE 1 END
       FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::int[], $5::int[], $6::uuid[], $7::timestamptz[],
                   $8::text[], $9::uuid[], $10::int[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                   $14::timestamptz[])
            AS became(conversation_id, state, snoozed_until, unread, waiting, last_reply_id, last_text_at, our_number,
                      campaign_id, session, session_at, activity_at, opened_from, opened_from_snoozed)
      WHERE conversation.conversation_id = became.conversation_id`,
    [
      conversations.map((each) => each.conversationId),
      conversations.map((each) => each.state),
      conversations.map((each) => each.snoozedUntil),
      conversations.map((each) => each.unread),
      conversations.map((each) => each.waiting),
      conversations.map((each) => each.lastReplyId),
      conversations.map((each) => each.lastTextAt),
      conversations.map((each) => each.ourNumber),
      conversations.map((each) => each.campaignId),
      conversations.map((each) => each.session),
      conversations.map((each) => each.sessionAt),
      conversations.map((each) => each.activityAt),
      conversations.map(({ openedFrom }) => openedFrom?.state ?? null),
      conversations.map(({ openedFrom }) => (openedFrom?.state === 'snoozed' ? openedFrom.until : null)),
    ],
  );
}
