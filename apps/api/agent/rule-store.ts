import type { AgentRule } from '#shared/agent/rules/rule.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';

export interface StoredRule extends AgentRule {
  id: string;
  enabled: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

const COLUMNS = `rule_id AS id, topic, action, phrases, unless, answers, campaign_id AS "campaignId",
       our_number AS "ourNumber", enabled, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** By topic, at most `limit` behind that one. */
export async function listRules(
  db: Queryable,
  { after, limit }: { after: string | null; limit: number },
): Promise<StoredRule[]> {
  const { rows } = await db.query<StoredRule>(
    `SELECT ${COLUMNS} FROM agent_rule WHERE $1::text IS NULL OR topic > $1 ORDER BY topic LIMIT $2`,
    [after, limit],
  );
  return rows;
}

/** As it stands; null: there is none. */
export async function readRule(db: Queryable, id: string): Promise<StoredRule | null> {
  const { rows } = await db.query<StoredRule>(`SELECT ${COLUMNS} FROM agent_rule WHERE rule_id = $1`, [id]);
  return rows[0] ?? null;
}

/** The same, locked to the end of the transaction. */
export async function lockRule(tx: Transaction, id: string): Promise<StoredRule | null> {
  const { rows } = await tx.query<StoredRule>(
    `SELECT ${COLUMNS} FROM agent_rule WHERE rule_id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

export type RuleContent = AgentRule & { enabled: boolean };

const valuesOf = (rule: RuleContent): unknown[] => [
  rule.topic,
  rule.action,
  rule.phrases,
  rule.unless,
  rule.answers,
  rule.campaignId,
  rule.ourNumber,
  rule.enabled,
];

/** A new one; null: there is one about this topic. */
export async function insertRule(
  tx: Transaction,
  rule: RuleContent,
  { id, now }: { id: string; now: Date },
): Promise<StoredRule | null> {
  const { rows } = await tx.query<StoredRule>(
    `INSERT INTO agent_rule (rule_id, topic, action, phrases, unless, answers, campaign_id, our_number, enabled, created_at,
                             updated_at)
     VALUES ($9, $1, $2, $3, $4, $5, $6, $7, $8, $10, $10) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [...valuesOf(rule), id, now],
  );
  return rows[0] ?? null;
}

/** Changes one whose row is locked. A topic that another has is a unique violation. */
export async function updateRule(
  tx: Transaction,
  rule: RuleContent,
  { id, now }: { id: string; now: Date },
): Promise<StoredRule> {
  const { rows } = await tx.query<StoredRule>(
    `UPDATE agent_rule
        SET topic = $1, action = $2, phrases = $3, unless = $4, answers = $5, campaign_id = $6, our_number = $7, enabled = $8,
            version = version + 1, updated_at = $10
      WHERE rule_id = $9 RETURNING ${COLUMNS}`,
    [...valuesOf(rule), id, now],
  );
  const [changed] = rows;
  if (changed === undefined) throw new Error('a rule that was locked has no row');
  return changed;
}

export async function deleteRule(tx: Transaction, id: string): Promise<void> {
  await tx.query('DELETE FROM agent_rule WHERE rule_id = $1', [id]);
}
