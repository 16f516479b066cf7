import type { AgentAnswerState } from '#shared/agent/answers.ts';
import type { AgentMode } from '#shared/agent/modes.ts';
import type { ResponderName } from '#shared/agent/responder.ts';
import { statusesThat } from '#shared/carriers/status.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { AGENT_OVERTAKEN, AGENT_TURNED_OFF } from '#shared/messages/agent-rules.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

/** A text that the agent was given, and what became of it. */
export interface AgentAnswerRow {
  /** Of the text. */
  id: string;
  conversationId: string;
  phoneNumber: string;
  ourNumber: string;
  campaignId: string | null;
  mode: Exclude<AgentMode, 'off'>;
  state: AgentAnswerState;
  reason: string | null;
  detail: string | null;
  givenAt: Date;
  source: ResponderName | null;
  sourceVersion: string | null;
  topic: string | null;
  input: string | null;
  turns: number | null;
  output: string | null;
  body: string | null;
  edited: boolean;
  firstMs: number | null;
  answerMs: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  messageId: string | null;
  settledAt: Date | null;
  settledBy: string | null;
  position: string;
}

const COLUMNS = `reply_id AS id, conversation_id AS "conversationId", phone_number AS "phoneNumber", our_number AS "ourNumber",
       campaign_id AS "campaignId", mode, state, reason, detail, given_at AS "givenAt", source,
       source_version AS "sourceVersion", topic, input, turns, output, body, edited, first_ms AS "firstMs",
       answer_ms AS "answerMs", input_tokens AS "inputTokens", output_tokens AS "outputTokens", message_id AS "messageId",
       settled_at AS "settledAt", settled_by AS "settledBy",
       to_char(given_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position`;

export interface AgentAnswerQuery {
  conversationId: string | null;
  state: AgentAnswerState | null;
  after: { at: string; id: string } | null;
  limit: number;
}

/** Newest first. */
export async function listAgentAnswers(
  db: Queryable,
  { after, conversationId, limit, state }: AgentAnswerQuery,
): Promise<AgentAnswerRow[]> {
  const { rows } = await db.query<AgentAnswerRow>(
    `SELECT ${COLUMNS} FROM agent_answer
      WHERE ($1::uuid IS NULL OR conversation_id = $1) AND ($2::text IS NULL OR state = $2)
        AND ($3::timestamptz IS NULL OR (given_at, reply_id) < ($3, $4::uuid))
      ORDER BY given_at DESC, reply_id DESC LIMIT $5`,
    [conversationId, state, after?.at ?? null, after?.id ?? null, limit],
  );
  return rows;
}

/** Null: the agent was not given this text. */
export async function readAgentAnswer(db: Queryable, id: string): Promise<AgentAnswerRow | null> {
  const { rows } = await db.query<AgentAnswerRow>(`SELECT ${COLUMNS} FROM agent_answer WHERE reply_id = $1`, [
    id,
  ]);
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction. Its conversation is locked before. */
export async function lockAgentAnswer(tx: Transaction, id: string): Promise<AgentAnswerRow | null> {
  const { rows } = await tx.query<AgentAnswerRow>(
    `SELECT ${COLUMNS} FROM agent_answer WHERE reply_id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** A person has decided about a draft, which is locked. */
export async function decideDraft(
  tx: Transaction,
  id: string,
  decided: { state: 'sent' | 'rejected'; messageId: string | null; edited: boolean; by: string; at: Date },
): Promise<void> {
  await tx.query(
    `UPDATE agent_answer SET state = $2, message_id = $3, edited = $4, settled_by = $5, settled_at = $6
      WHERE reply_id = $1`,
    [id, decided.state, decided.messageId, decided.edited, decided.by, decided.at],
  );
}

/** How the agent did over some time. */
export interface AgentFigures {
  given: number;
  sent: number;
  /** Of these, by a person, and of those the ones that were changed first. */
  sentByPeople: number;
  edited: number;
  rejected: number;
  drafted: number;
  handedOver: number;
  silent: number;
  overtaken: number;
  due: number;
  p50Ms: number | null;
  p95Ms: number | null;
  inputTokens: number;
  outputTokens: number;
  reasons: { reason: string; count: number }[];
}

/** What became of answers that one carrier took, as it says by now. */
export interface AgentAnswersSent {
  carrier: CarrierName;
  /** Each once, however often it was tried. */
  sent: number;
  delivered: number;
  /** That did not arrive. */
  undelivered: number;
  /** As far as the carrier said: one of a text of which it did not. */
  segments: number;
}

/** Answers to texts that were given to the agent from then to `until`, drafts that people sent among them. */
export async function readAgentAnswersSent(
  db: Queryable,
  { since, until }: { since: Date; until: Date },
): Promise<AgentAnswersSent[]> {
  const { rows } = await db.query<AgentAnswersSent>(
    `SELECT log.carrier, count(*)::int AS sent, (count(*) FILTER (WHERE log.status = ANY ($3)))::int AS delivered,
            (count(*) FILTER (WHERE log.status = ANY ($4)))::int AS undelivered,
            sum(coalesce(log.segments, 1))::float8 AS segments
       FROM agent_answer
       JOIN attempt ON attempt.message_id = agent_answer.message_id AND attempt.state = 'accepted'
       JOIN message_log AS log ON log.attempt_id = attempt.attempt_id
      WHERE agent_answer.given_at >= $1 AND agent_answer.given_at <= $2 AND agent_answer.state = 'sent'
      GROUP BY log.carrier ORDER BY log.carrier`,
    [since, until, statusesThat('arrived'), statusesThat('did_not_arrive')],
  );
  return rows;
}

/** Of texts that were given to it from then to `until`. */
export async function readAgentFigures(
  db: Queryable,
  { since, until }: { since: Date; until: Date },
): Promise<AgentFigures> {
  const { rows } = await db.query<AgentFigures>(
    `WITH given AS MATERIALIZED (
       SELECT CASE WHEN state = 'sent' AND EXISTS (
                          SELECT FROM message WHERE message.message_id = agent_answer.message_id AND message.state = 'cancelled'
                             AND message.rule = ANY ($3)) THEN 'overtaken' ELSE state END AS state,
              reason, settled_by, edited, answer_ms, input_tokens, output_tokens
         FROM agent_answer WHERE given_at >= $1 AND given_at <= $2)
     SELECT count(*)::int AS given, (count(*) FILTER (WHERE state = 'sent'))::int AS sent,
            (count(*) FILTER (WHERE state = 'sent' AND settled_by IS NOT NULL))::int AS "sentByPeople",
            (count(*) FILTER (WHERE edited))::int AS edited,
            (count(*) FILTER (WHERE state = 'rejected'))::int AS rejected,
            (count(*) FILTER (WHERE state = 'drafted'))::int AS drafted,
            (count(*) FILTER (WHERE state = 'handed_over'))::int AS "handedOver",
            (count(*) FILTER (WHERE state = 'silent'))::int AS silent,
            (count(*) FILTER (WHERE state = 'overtaken'))::int AS overtaken,
            (count(*) FILTER (WHERE state = 'due'))::int AS due,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY answer_ms) AS "p50Ms",
            percentile_disc(0.95) WITHIN GROUP (ORDER BY answer_ms) AS "p95Ms",
            coalesce(sum(input_tokens), 0)::float8 AS "inputTokens",
            coalesce(sum(output_tokens), 0)::float8 AS "outputTokens",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('reason', reason, 'count', count) ORDER BY count DESC, reason), '[]')
               FROM (SELECT reason, count(*)::int FROM given WHERE state = 'handed_over' GROUP BY reason) AS each) AS reasons
       FROM given`,
    // The sender has not let those go that were overtaken while they waited (shared/messages/cancel-turned-off.ts).
    [since, until, [AGENT_OVERTAKEN, AGENT_TURNED_OFF]],
  );
  const [figures] = rows;
  if (figures === undefined) throw new Error('an aggregate has no row');
  return figures;
}
