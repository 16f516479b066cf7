import type { Clock } from '#shared/clock.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { AgentRule } from './rule.ts';

/** The rules that are in force, in the order of their topics. */
export async function readRules(db: Queryable): Promise<AgentRule[]> {
  const { rows } = await db.query<AgentRule>(
    `SELECT topic, action, phrases, unless, answers, campaign_id AS "campaignId", our_number AS "ourNumber"
       FROM agent_rule WHERE enabled ORDER BY topic`,
  );
  return rows;
}

/** A change of a rule is in force after this time, in ms. */
const KNOWN_FOR_MS = 1_000;

/** The same, read again when what is known is a second old. */
export function rulesFrom(db: Queryable, clock: Clock): () => Promise<readonly AgentRule[]> {
  let known: { at: number; rules: Promise<readonly AgentRule[]> } | null = null;
  return () => {
    const now = clock.monotonic();
    if (known === null || now - known.at >= KNOWN_FOR_MS) {
      const reading = { at: now, rules: readRules(db) };
      known = reading;
      // What could not be read is read again by whoever asks next.
      reading.rules.catch(() => {
        if (known === reading) known = null;
      });
    }
    return known.rules;
  };
}
