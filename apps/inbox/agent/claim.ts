import type { Pool, Queryable } from '#shared/postgres/pool.ts';

/** A text that this task has in hand for a while. */
export interface Claimed {
  replyId: string;
  conversationId: string;
  phoneNumber: string;
  mode: 'draft' | 'automatic';
  /** How often it was taken, this time included. */
  claims: number;
  /** A responder that must not be asked twice has been asked. */
  wasAsked: boolean;
  claim: string;
}

/**
 * Takes texts that are due, the oldest first, so that no other task works on them for so long (real time). Those whose task has
 * ended are due again after that. `now`: business time.
 */
export async function claimDue(
  pool: Pool,
  { claim, forMs, limit, now }: { claim: string; forMs: number; limit: number; now: Date },
): Promise<Claimed[]> {
  const { rows } = await pool.query<Omit<Claimed, 'claim'>>(
    `UPDATE agent_answer
        SET claim = $1, claimed_until = clock_timestamp() + $2 * interval '1 ms', claims = claims + 1
      WHERE reply_id IN (
        SELECT reply_id FROM agent_answer
         WHERE state = 'due' AND due_at <= $3 AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
         ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
     RETURNING reply_id AS "replyId", conversation_id AS "conversationId", phone_number AS "phoneNumber", mode, claims,
               asked_at IS NOT NULL AS "wasAsked"`,
    [claim, forMs, now, limit],
  );
  return rows.map((row) => ({ ...row, claim }));
}

/** Says that a responder is about to be asked that must not be asked twice. False: it is not ours any more. */
export async function noteAsked(db: Queryable, { claim, replyId }: Claimed): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE agent_answer SET asked_at = clock_timestamp() WHERE reply_id = $1 AND claim = $2 AND state = 'due'`,
    [replyId, claim],
  );
  return rowCount === 1;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Whether the agent was asked about so many texts within 24 hours, whosever they are. `now`: business time. Reads at most so many rows. Tasks
 * that ask at this moment do not see each other: there may be as many more as they have in hand.
 */
export async function isAskedEnough(db: Queryable, most: number, now: Date): Promise<boolean> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count
       FROM (SELECT FROM agent_answer
              WHERE given_at > $1 AND (asked_at IS NOT NULL OR source IS NOT NULL) AND reason IS DISTINCT FROM 'too_many'
              LIMIT $2) AS asked`,
    [new Date(now.getTime() - DAY_MS), most],
  );
  return (rows[0]?.count ?? 0) >= most;
}

/** Gives it back, due at that instant (business time); null: at once. */
export async function giveBack(
  db: Queryable,
  { claim, replyId }: Claimed,
  dueAt: Date | null,
): Promise<void> {
  await db.query(
    `UPDATE agent_answer
        SET claim = NULL, claimed_until = NULL, claims = claims - 1, due_at = coalesce($3, due_at)
      WHERE reply_id = $1 AND claim = $2 AND state = 'due'`,
    [replyId, claim, dueAt],
  );
}

/** When the next text is due that nobody has in hand (business time); null: none is. */
export async function nextDue(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ due_at: Date | null }>(
    `SELECT min(due_at) AS due_at FROM agent_answer WHERE state = 'due' AND claimed_until IS NULL`,
  );
  return rows[0]?.due_at ?? null;
}
