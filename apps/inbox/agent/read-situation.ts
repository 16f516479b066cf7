import { readModes } from '#shared/agent/modes.ts';
import type { Turn } from '#shared/agent/responder.ts';
import { readSuppressed } from '#shared/consent/suppression.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { ConversationState } from '#shared/replies/conversation.ts';
import type { TakenAs } from '#shared/replies/taken-as.ts';
import type { Claimed } from './claim.ts';
import type { Situation } from './look.ts';

/** What is read of what was said before, of theirs and of ours. */
const MOST_TURNS = 20;
const HOUR_MS = 3_600_000;

export interface Known extends Situation {
  ourNumber: string;
  campaign: { id: string; name: string } | null;
  session: number;
  language: string | null;
}

interface Row {
  body: string;
  mediaUrls: string[];
  receivedAt: Date;
  isAnswered: boolean;
  ourNumber: string;
  campaignId: string | null;
  campaignName: string | null;
  session: number;
  state: ConversationState;
  isAssigned: boolean;
  newestId: string;
  newestTaken: TakenAs | null;
  language: string | null;
  answersInHour: number;
}

/** How a text stands that this task has in hand; null: it is not there any more, because the person was erased. */
export async function readSituation(
  tx: Transaction,
  { conversationId, mode: givenAs, phoneNumber, replyId }: Claimed,
  { now, pseudonyms }: { now: Date; pseudonyms: Pseudonyms },
): Promise<Known | null> {
  const { rows } = await tx.query<Row>(
    `SELECT reply.body, reply.media_urls AS "mediaUrls", reply.received_at AS "receivedAt",
            reply.answered_at IS NOT NULL AS "isAnswered", reply.our_number AS "ourNumber",
            reply.campaign_id AS "campaignId", campaign.name AS "campaignName", reply.session,
            conversation.state, conversation.assignee IS NOT NULL AS "isAssigned",
            newest.reply_id AS "newestId", newest.taken_as AS "newestTaken", contact.language,
            (SELECT count(*)::int FROM agent_answer
              WHERE agent_answer.conversation_id = $1 AND agent_answer.state = 'sent' AND agent_answer.mode = 'automatic'
                AND agent_answer.settled_at > $4) AS "answersInHour"
       FROM reply
       JOIN conversation ON conversation.conversation_id = $1
       JOIN reply AS newest ON newest.reply_id = conversation.last_reply_id
       LEFT JOIN campaign ON campaign.campaign_id = reply.campaign_id
       LEFT JOIN contact ON contact.phone_number = reply.phone_number
      WHERE reply.reply_id = $2 AND reply.phone_number = $3`,
    [conversationId, replyId, phoneNumber, new Date(now.getTime() - HOUR_MS)],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { campaignId, ourNumber } = row;
  const [mode = 'off'] = await readModes(tx, [{ conversationId, campaignId, ourNumber }]);
  const suppressed = await readSuppressed(tx, [phoneNumber], pseudonyms);
  return {
    givenAs,
    mode,
    text: {
      id: replyId,
      body: row.body,
      mediaUrls: row.mediaUrls,
      receivedAt: row.receivedAt,
      isAnswered: row.isAnswered,
    },
    unanswered: await readUnanswered(tx, phoneNumber, replyId),
    turns: await readTurns(tx, { phoneNumber, replyId, ourNumber, session: row.session }),
    conversation: { state: row.state, isAssigned: row.isAssigned },
    newest: { id: row.newestId, taken: row.newestTaken },
    isSuppressed: suppressed.has(phoneNumber),
    answersInHour: row.answersInHour,
    ourNumber,
    campaign: campaignId === null ? null : { id: campaignId, name: row.campaignName ?? '' },
    session: row.session,
    language: row.language,
  };
}

/** Texts before this one that an answer to it would answer as well: those that `markTexts` would mark. */
async function readUnanswered(
  tx: Transaction,
  phoneNumber: string,
  replyId: string,
): Promise<Situation['unanswered']> {
  const { rows } = await tx.query<{ body: string; mediaUrls: string[] }>(
    `SELECT body, media_urls AS "mediaUrls" FROM reply
      WHERE phone_number = $1 AND reply_id <> $2 AND answered_at IS NULL
        AND (taken_as IS NULL OR taken_as IN ('people', 'stopped', 'untold'))
        AND position <= (SELECT position FROM reply WHERE reply_id = $2)
      ORDER BY position`,
    [phoneNumber, replyId],
  );
  return rows;
}

/** What they said in the session before the text, and what was last written to them from that number, oldest first. */
async function readTurns(
  tx: Transaction,
  of: { phoneNumber: string; replyId: string; ourNumber: string; session: number },
): Promise<Turn[]> {
  const { rows } = await tx.query<Turn>(
    `SELECT said.from, said.text
       FROM ((SELECT 'them' AS from, body AS text, received_at AS at, 0 AS place FROM reply
               WHERE phone_number = $1 AND session = $4 AND reply_id <> $2
               ORDER BY received_at DESC, reply_id DESC LIMIT $5)
             UNION ALL
             (SELECT 'us', body, created_at, 1 FROM message
               WHERE phone_number = $1 AND sender_number = $3 AND state IN ('posting', 'ambiguous', 'sent', 'unknown')
               ORDER BY ordinal DESC LIMIT $5)) AS said
      ORDER BY said.at, said.place`,
    [of.phoneNumber, of.replyId, of.ourNumber, of.session, MOST_TURNS],
  );
  return rows.slice(-MOST_TURNS);
}
