import type { AgentAnswerState } from '#shared/agent/answers.ts';
import type { AgentMode } from '#shared/agent/modes.ts';
import type { MessageStatus } from '#shared/carriers/status.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { ConversationState } from '#shared/replies/conversation.ts';
import type { TakenAs } from '#shared/replies/taken-as.ts';
import { CALL_FACTS, type CallFactsRow } from '../calls/facts.ts';
import type { OutgoingRow } from '../messages/store.ts';
import type { Order, TimelinePosition } from './timeline.ts';

/** A conversation as it is shown. */
export interface ConversationRow {
  id: string;
  phoneNumber: string;
  ourNumber: string | null;
  contactId: string | null;
  contactName: string | null;
  campaignId: string | null;
  campaignName: string | null;
  state: ConversationState;
  snoozedUntil: Date | null;
  assignee: string | null;
  tags: string[];
  unread: number;
  waiting: number;
  session: number;
  sessionAt: Date | null;
  lastReplyId: string | null;
  lastText: string | null;
  lastTextAt: Date | null;
  /** Text that was stored last of those that somebody may still look at or answer; else the newest. */
  upTo: string | null;
  activityAt: Date;
  /** What the agent made of the newest text that it was given; null: it was given none. */
  agent: { textId: string; state: AgentAnswerState; reason: string | null; draft: string | null } | null;
  /** Whether the agent answers: said of this conversation (null: nothing was), and what is in force. */
  ownAgentMode: AgentMode | null;
  agentMode: AgentMode;
  /** Their text that is the first to be judged whether it opts out; null: none is. */
  review: { id: string; text: string; suppressed: boolean; deadline: string } | null;
  version: number;
  /** Of `activityAt`, with its microseconds. */
  position: string;
}

const micros = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SHOWN = `conversation_id AS id, conversation.phone_number AS "phoneNumber", conversation.our_number AS "ourNumber",
       contact.contact_id AS "contactId", contact.name AS "contactName", conversation.campaign_id AS "campaignId",
       campaign.name AS "campaignName",
       conversation.state, snoozed_until AS "snoozedUntil", assignee, conversation.tags, unread, waiting,
       conversation.session, session_at AS "sessionAt", last_reply_id AS "lastReplyId", reply.body AS "lastText",
       last_text_at AS "lastTextAt",
       coalesce((SELECT stored.reply_id FROM reply AS stored
                  WHERE stored.phone_number = conversation.phone_number
                    AND (stored.read_at IS NULL OR stored.answered_at IS NULL)
                    AND (stored.taken_as IS NULL OR stored.taken_as IN ('people', 'stopped', 'untold'))
                  ORDER BY stored.position DESC LIMIT 1), last_reply_id) AS "upTo", activity_at AS "activityAt", agent.agent, review.review, conversation.version,
       conversation.agent_mode AS "ownAgentMode",
       coalesce(conversation.agent_mode,
                (SELECT mode FROM agent_mode WHERE agent_mode.campaign_id = conversation.campaign_id),
                (SELECT mode FROM agent_mode WHERE agent_mode.our_number = conversation.our_number), 'off') AS "agentMode",
       ${micros('activity_at')} AS position`;

const JOINED = `LEFT JOIN contact ON contact.phone_number = conversation.phone_number
       LEFT JOIN campaign ON campaign.campaign_id = conversation.campaign_id
       LEFT JOIN reply ON reply.reply_id = conversation.last_reply_id
       LEFT JOIN LATERAL (
              SELECT jsonb_build_object('id', review_id, 'text', original_message, 'suppressed', change_id IS NOT NULL,
                                        'deadline', deadline) AS review
                FROM consent_review
               WHERE consent_review.phone_number = conversation.phone_number AND outcome IS NULL
               ORDER BY consent_review.deadline, review_id LIMIT 1) AS review ON true
       LEFT JOIN LATERAL (
              SELECT jsonb_build_object('textId', agent_answer.reply_id, 'state', agent_answer.state,
                                        'reason', agent_answer.reason,
                                        'draft', CASE agent_answer.state WHEN 'drafted' THEN agent_answer.body END) AS agent
                FROM agent_answer WHERE agent_answer.conversation_id = conversation.conversation_id
               ORDER BY given_at DESC, agent_answer.reply_id DESC LIMIT 1) AS agent ON true`;

/** What is asked of the list; null: whatever it is. */
export interface ConversationQuery {
  phone: string | null;
  /** That the name of the contact is like, in small letters or large. */
  named: string | null;
  state: ConversationState | null;
  assignee: string | null;
  /** True: nobody has it; false: somebody has. */
  unassigned: boolean | null;
  needsReply: boolean | null;
  unread: boolean | null;
  tag: string | null;
  campaign: string | null;
  /** True: of no campaign; false: of one. */
  unknown: boolean | null;
  closed: boolean | null;
  /** Whether a text of theirs is to be judged. */
  review: boolean | null;
  after: { at: string; id: string } | null;
  limit: number;
}

const OPEN_REVIEW =
  '(SELECT FROM consent_review WHERE consent_review.phone_number = conversation.phone_number AND outcome IS NULL)';

/** What each of them asks for, as a condition on its own parameter, or on none. Each has an index that begins with it. */
const conditions: Readonly<Record<string, (parameter: string) => string>> = {
  phone: (p) => `conversation.phone_number = ${p}`,
  named: (p) =>
    `conversation.phone_number IN (SELECT named.phone_number FROM contact AS named WHERE lower(named.name) LIKE lower(${p}))`,
  state: (p) => `conversation.state = ${p}`,
  assignee: (p) => `assignee = ${p}`,
  tag: (p) => `conversation.tags <> '{}' AND conversation.tags @> ARRAY[${p}::text]`,
  campaign: (p) => `conversation.campaign_id = ${p}`,
};
const facts: Readonly<Record<string, { yes: string; no: string }>> = {
  needsReply: { yes: 'waiting > 0', no: 'waiting = 0' },
  unread: { yes: 'unread > 0', no: 'unread = 0' },
  unassigned: { yes: 'assignee IS NULL', no: 'assignee IS NOT NULL' },
  unknown: { yes: 'conversation.campaign_id IS NULL', no: 'conversation.campaign_id IS NOT NULL' },
  closed: { yes: "conversation.state = 'closed'", no: "conversation.state <> 'closed'" },
  review: { yes: `EXISTS ${OPEN_REVIEW}`, no: `NOT EXISTS ${OPEN_REVIEW}` },
};

/** Conversations, the newest activity first. Those in which nothing was said are none yet. */
export async function listConversations(db: Queryable, query: ConversationQuery): Promise<ConversationRow[]> {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const where = ['activity_at IS NOT NULL'];
  for (const [name, condition] of Object.entries(conditions)) {
    const value = query[name as keyof ConversationQuery];
    if (value !== null) where.push(condition(parameter(value)));
  }
  for (const [name, { no, yes }] of Object.entries(facts)) {
    const value = query[name as keyof ConversationQuery];
    if (value !== null) where.push(value === true ? yes : no);
  }
  if (query.after !== null) {
    const { at, id } = query.after;
    where.push(`(activity_at, conversation_id) < (${parameter(at)}::timestamptz, ${parameter(id)}::uuid)`);
  }
  const { rows } = await db.query<ConversationRow>(
    `SELECT ${SHOWN} FROM conversation ${JOINED} WHERE ${where.join(' AND ')}
      ORDER BY activity_at DESC, conversation_id DESC LIMIT ${parameter(query.limit)}`,
    values,
  );
  return rows;
}

/** How many conversations there are of a kind; each is counted no further than `atMost`. */
export interface ConversationCounts {
  needsReply: number;
  mine: number;
  unassigned: number;
  review: number;
  unknown: number;
  all: number;
}

export async function countConversations(
  db: Queryable,
  { assignee, atMost }: { assignee: string; atMost: number },
): Promise<ConversationCounts> {
  const counted = (where: string): string =>
    `(SELECT count(*)::int FROM (SELECT FROM conversation WHERE activity_at IS NOT NULL AND ${where} LIMIT $2) AS found)`;
  const { rows } = await db.query<ConversationCounts>(
    `SELECT ${counted('waiting > 0')} AS "needsReply",
            ${counted("assignee = $1 AND state <> 'closed'")} AS mine,
            ${counted("assignee IS NULL AND state <> 'closed'")} AS unassigned,
            ${counted("conversation.campaign_id IS NULL AND state <> 'closed'")} AS unknown,
            ${counted('true')} AS "all",
            (SELECT count(*)::int
               FROM (SELECT DISTINCT phone_number FROM consent_review JOIN conversation USING (phone_number)
                      WHERE outcome IS NULL AND activity_at IS NOT NULL LIMIT $2) AS found) AS review`,
    [assignee, atMost],
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error('a count has no row');
  return counts;
}

/** Who looks after conversations that are not closed, and after how many, by name. */
export async function listAssignees(
  db: Queryable,
  limit: number,
): Promise<{ name: string; conversations: number }[]> {
  const { rows } = await db.query<{ name: string; conversations: number }>(
    `SELECT assignee AS name, count(*)::int AS conversations FROM conversation
      WHERE assignee IS NOT NULL AND state <> 'closed' AND activity_at IS NOT NULL
      GROUP BY assignee ORDER BY assignee LIMIT $1`,
    [limit],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readConversation(db: Queryable, id: string): Promise<ConversationRow | null> {
  const { rows } = await db.query<ConversationRow>(
    `SELECT ${SHOWN} FROM conversation ${JOINED} WHERE conversation_id = $1 AND activity_at IS NOT NULL`,
    [id],
  );
  return rows[0] ?? null;
}

/** A text of theirs. */
export interface TextRow {
  id: string;
  at: Date;
  ourNumber: string;
  campaignId: string | null;
  /** That campaign started lessons. */
  ofLesson: boolean;
  body: string;
  mediaUrls: string[];
  session: number;
  takenAs: TakenAs | null;
  readAt: Date | null;
  answeredAt: Date | null;
  position: string;
}

const TEXT = `reply_id AS id, received_at AS at, our_number AS "ourNumber", campaign_id AS "campaignId",
       of_lesson AS "ofLesson", body, media_urls AS "mediaUrls", session, taken_as AS "takenAs", read_at AS "readAt", answered_at AS "answeredAt",
       ${micros('received_at')} AS position`;

/** A side of a conversation, in the order in which it is read, behind what was shown. */
interface Side<Position> {
  phone: string;
  after: Position;
  order: Order;
  limit: number;
}

export async function readTexts(
  db: Queryable,
  { after, limit, order, phone }: Side<TimelinePosition['text']>,
): Promise<TextRow[]> {
  const [beyond, way] = order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
  const { rows } = await db.query<TextRow>(
    `SELECT ${TEXT} FROM reply
      WHERE phone_number = $1
        AND ($2::timestamptz IS NULL OR (received_at, reply_id) ${beyond} ($2, $3::uuid))
      ORDER BY received_at ${way}, reply_id ${way} LIMIT $4`,
    [phone, after?.at ?? null, after?.id ?? null, limit],
  );
  return rows;
}

/** A message of ours, and who of us wrote it. */
export interface MessageRow
  extends Pick<
    OutgoingRow,
    | 'id'
    | 'ordinal'
    | 'from'
    | 'body'
    | 'mediaUrls'
    | 'intent'
    | 'campaignId'
    | 'state'
    | 'rule'
    | 'heldUntil'
  > {
  at: Date;
  channel: Channel;
  /** What its carrier said of it; null: nothing that is known here yet. */
  status: MessageStatus | null;
  /** What became of a call; null: a text, or nothing is known yet. */
  call: CallFactsRow | null;
  /** Null: nobody did by hand. */
  answeredBy: string | null;
}

export async function readMessages(
  db: Queryable,
  { after, limit, order, phone }: Side<TimelinePosition['ordinal']>,
): Promise<MessageRow[]> {
  const [beyond, way] = order === 'newest' ? ['<', 'DESC'] : ['>', 'ASC'];
  const { rows } = await db.query<MessageRow>(
    `SELECT message_id AS id, created_at AS at, ordinal, message.channel, sender_number AS "from", body, media_urls AS "mediaUrls", intent,
            coalesce(campaign_id, lesson_campaign_id) AS "campaignId", state, rule, due_at AS "heldUntil", answered_by AS "answeredBy", logged.status,
            (SELECT ${CALL_FACTS} FROM call_log WHERE call_log.log_id = logged.log_id) AS call
       FROM message
       LEFT JOIN conversation_answer USING (message_id)
       LEFT JOIN LATERAL (
              SELECT status, log_id FROM attempt JOIN message_log USING (attempt_id)
               WHERE attempt.message_id = message.message_id AND attempt.state = 'accepted'
               ORDER BY status_rank DESC LIMIT 1) AS logged ON message.state = 'sent'
      WHERE message.phone_number = $1 AND ($2::bigint IS NULL OR ordinal ${beyond} $2)
      ORDER BY ordinal ${way} LIMIT $3`,
    [phone, after, limit],
  );
  return rows;
}

/** What people decide about a conversation. */
export interface Decided {
  state: ConversationState;
  snoozedUntil: Date | null;
  assignee: string | null;
  tags: readonly string[];
  agentMode: AgentMode | null;
}

/** The same of a conversation whose row is locked, with the version of it; null: there is none. */
export async function readDecided(
  tx: Transaction,
  id: string,
): Promise<(Decided & { version: number }) | null> {
  const { rows } = await tx.query<Decided & { version: number }>(
    `SELECT state, snoozed_until AS "snoozedUntil", assignee, tags, agent_mode AS "agentMode", version FROM conversation
      WHERE conversation_id = $1 AND activity_at IS NOT NULL FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

export async function writeDecided(
  tx: Transaction,
  id: string,
  { agentMode, assignee, snoozedUntil, state, tags }: Decided,
): Promise<void> {
  await tx.query(
    `UPDATE conversation
        SET state = $2, snoozed_until = $3, opened_from = NULL, opened_from_snoozed = NULL, assignee = $4, tags = $5, agent_mode = $6,
            version = version + 1
      WHERE conversation_id = $1`,
    [id, state, snoozedUntil, assignee, tags, agentMode],
  );
}

/** What somebody decided about a conversation, as the audit log has it. */
export interface DecisionRow {
  position: number;
  at: Date;
  by: string | null;
  before: {
    assignee: string | null;
    state: ConversationState;
    snoozedUntil: string | null;
    /** Entries of before there was one have none. */
    agentMode?: AgentMode | null;
  };
  after: DecisionRow['before'];
}

/** Newest first, at most `limit` before that one; those that changed tags alone are left out. */
export async function listDecisions(
  db: Queryable,
  conversationId: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<DecisionRow[]> {
  const { rows } = await db.query<DecisionRow>(
    `SELECT position, occurred_at AS at, actor_name AS by, before, after FROM audit_entry
      WHERE subject = 'conversation' AND subject_id = $1 AND action = 'updated'
        AND (before -> 'assignee' IS DISTINCT FROM after -> 'assignee' OR before -> 'state' IS DISTINCT FROM after -> 'state'
             OR before -> 'snoozedUntil' IS DISTINCT FROM after -> 'snoozedUntil'
             OR before -> 'agentMode' IS DISTINCT FROM after -> 'agentMode')
        AND ($2::bigint IS NULL OR position < $2)
      ORDER BY position DESC LIMIT $3`,
    [conversationId, before, limit],
  );
  return rows;
}

/** Whether a text is one of the conversation with that number. */
export async function isTextOf(db: Queryable, phone: string, replyId: string): Promise<boolean> {
  const { rowCount } = await db.query('SELECT FROM reply WHERE reply_id = $1 AND phone_number = $2', [
    replyId,
    phone,
  ]);
  return rowCount !== 0;
}

export interface Note {
  position: number;
  body: string;
  writtenBy: string;
  writtenAt: Date;
}

const NOTE = 'position, body, written_by AS "writtenBy", written_at AS "writtenAt"';

export async function insertNote(
  tx: Transaction,
  { at, body, by, conversationId }: { conversationId: string; body: string; by: string; at: Date },
): Promise<Note> {
  const { rows } = await tx.query<Note>(
    `INSERT INTO conversation_note (conversation_id, body, written_by, written_at) VALUES ($1, $2, $3, $4) RETURNING ${NOTE}`,
    [conversationId, body, by, at],
  );
  const [note] = rows;
  if (note === undefined) throw new Error('a note was written and is not there');
  return note;
}

/** Newest first, at most `limit` before that one. */
export async function listNotes(
  db: Queryable,
  conversationId: string,
  { before, limit }: { before: number | null; limit: number },
): Promise<Note[]> {
  const { rows } = await db.query<Note>(
    `SELECT ${NOTE} FROM conversation_note
      WHERE conversation_id = $1 AND ($2::bigint IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`,
    [conversationId, before, limit],
  );
  return rows;
}

/** A text that belongs to a campaign. */
export interface CampaignReplyRow extends TextRow {
  phoneNumber: string;
  contactId: string | null;
  keyword: string | null;
}

/** Texts that belong to a campaign, newest first: all, or only those that count as answers to it, or only the others. */
export async function listCampaignReplies(
  db: Queryable,
  {
    after,
    campaignId,
    counted,
    keyword,
    limit,
  }: {
    campaignId: string;
    counted: boolean | null;
    keyword: string | null;
    after: { at: string; id: string } | null;
    limit: number;
  },
): Promise<CampaignReplyRow[]> {
  const { rows } = await db.query<CampaignReplyRow>(
    `SELECT ${TEXT}, phone_number AS "phoneNumber", contact_id AS "contactId", keyword FROM reply
      WHERE campaign_id = $1 AND ($6::text IS NULL OR keyword = $6)
        AND ($2::boolean IS NULL OR $2 = coalesce(taken_as IN ('people', 'dialog') OR of_lesson AND taken_as = 'lesson', false))
        AND ($3::timestamptz IS NULL OR (received_at, reply_id) < ($3, $4::uuid))
      ORDER BY received_at DESC, reply_id DESC LIMIT $5`,
    [campaignId, counted, after?.at ?? null, after?.id ?? null, limit, keyword],
  );
  return rows;
}
