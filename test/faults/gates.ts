import type { Pool, PoolClient } from 'pg';

/**
 * Gates in the test's own database: while a gate is shut, transactions that touched its table stop at it, so that a
 * process can be killed at an exact point. `commit`: the process has sent COMMIT and never hears the answer, the
 * database commits. `inside`: in the middle of the transaction, which the database rolls back.
 */
export interface Gate {
  table: string;
  on: 'INSERT' | 'UPDATE' | 'INSERT OR UPDATE';
  at: 'commit' | 'inside';
  /** Which of its rows, as a condition on NEW, and OLD where it is an update. Left out: all. */
  when?: string;
}

export const gates = {
  dialogCommit: { table: 'dialog_event_batch', on: 'INSERT', at: 'commit' },
  outboundCommit: { table: 'message', on: 'INSERT', at: 'commit', when: 'NEW.campaign_id IS NULL' },
  planCommit: { table: 'message', on: 'INSERT', at: 'commit', when: 'NEW.campaign_id IS NOT NULL' },
  progressCommit: { table: 'drill_progress', on: 'INSERT OR UPDATE', at: 'commit' },
  claimCommit: { table: 'attempt', on: 'INSERT', at: 'commit', when: "NEW.channel = 'sms'" },
  outcomeInside: { table: 'attempt', on: 'UPDATE', at: 'inside', when: "NEW.channel = 'sms'" },
  callClaimCommit: { table: 'attempt', on: 'INSERT', at: 'commit', when: "NEW.channel = 'voice'" },
  callOutcomeInside: {
    table: 'attempt',
    on: 'UPDATE',
    at: 'inside',
    when: "NEW.channel = 'voice' AND NEW.state = 'accepted' AND OLD.state <> 'accepted'",
  },
  replyCommit: { table: 'api_reply', on: 'INSERT', at: 'commit' },
  logCommit: { table: 'message_log', on: 'INSERT OR UPDATE', at: 'commit' },
  logInside: { table: 'message_log', on: 'INSERT OR UPDATE', at: 'inside' },
  textsCommit: { table: 'reply', on: 'INSERT', at: 'commit' },
  takenInside: { table: 'reply', on: 'UPDATE', at: 'inside' },
} as const satisfies Record<string, Gate>;
export type GateName = keyof typeof gates;

const isGate = (name: string): name is GateName => Object.hasOwn(gates, name);
const gateNames = Object.keys(gates).filter(isGate);

const keyOf = (name: GateName): number => 7_100 + gateNames.indexOf(name);

/** Puts all gates up, open. */
export async function buildGates(database: Pool): Promise<void> {
  await database.query(
    `CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::bigint); RETURN NEW; END $$`,
  );
  for (const name of gateNames) {
    const { at, on, table, when = 'true' }: Gate = gates[name];
    const key = keyOf(name);
    await database.query(
      at === 'commit'
        ? `CREATE CONSTRAINT TRIGGER gate_${key} AFTER ${on} ON ${table}
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION pass_gate(${key})`
        : `CREATE TRIGGER gate_${key} BEFORE ${on} ON ${table} FOR EACH ROW WHEN (${when})
             EXECUTE FUNCTION pass_gate(${key})`,
    );
  }
}

/** Shuts a gate while `work` is done. `work` may ask how many sessions stand at it. */
export async function whileShut<T>(
  database: Pool,
  name: GateName,
  work: (standing: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const holder: PoolClient = await database.connect();
  const key = keyOf(name);
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [key]);
    return await work(async () => {
      const { rows } = await database.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted`,
        [key],
      );
      return rows[0]?.count ?? 0;
    });
  } finally {
    await holder.query('SELECT pg_advisory_unlock($1)', [key]);
    holder.release();
  }
}
