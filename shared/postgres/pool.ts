import pg from 'pg';

/** Anything that runs SQL: the pool, or the one connection of a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;
/** A connection inside a transaction: only `inTransaction` makes one. */
export type Transaction = pg.PoolClient & { readonly __transaction: true };
export type Pool = pg.Pool;

export interface PostgresConfig {
  host: string;
  port: number;
  database: string;
  user: string;
  /** A password, or a function asked for one at every new connection (IAM tokens expire after 15 minutes). */
  password: string | (() => Promise<string>);
  ssl?: boolean;
  /** Most connections of this process. */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
}

/**
 * How long a statement, and a transaction that stopped talking, may last. Below the lease length
 * (`shared/kinesis/lease.ts`), so that a holder that died with a lock in hand cannot outlast its own lease.
 */
const STATEMENT_TIMEOUT_MS = 6_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
const TCP_USER_TIMEOUT_MS = 6_000;

/** bigint columns hold versions and ordinals, far below 2^53: read as numbers. */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint out of range: ${text}`);
  return value;
});

/** A pool whose sessions cannot hang on to locks. Errors of idle connections are reported, not thrown. */
export function createPool(config: PostgresConfig, onIdleError: (error: Error) => void): Pool {
  const pool = new pg.Pool({
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    ssl: config.ssl ? { rejectUnauthorized: true } : false,
    max: config.max ?? 8,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: config.applicationName,
    options: [
      `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
      `-c tcp_user_timeout=${TCP_USER_TIMEOUT_MS}`,
    ].join(' '),
  });
  // A connection that breaks while it lies in the pool has nobody waiting on it; the pool discards it by itself.
  pool.on('error', onIdleError);
  return pool;
}

/**
 * Runs `work` in one transaction (READ COMMITTED) on one connection: commits when it returns, rolls back when it
 * throws and throws the same error. A connection whose rollback fails is discarded, never reused.
 */
export async function inTransaction<T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = (await pool.connect()) as Transaction;
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      // The first error is the one to report; this connection is in an unknown state and must go.
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE classes that mean "not your data's fault: try again": never a reason to quarantine a record. */
const TRANSIENT_SQLSTATE = /^(?:08|40|53|57|58|55P03)/;
const TRANSIENT_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether an error of `pg` says that the database, not the statement or its data, was the problem. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code !== '') return TRANSIENT_SQLSTATE.test(code) || TRANSIENT_SOCKET.has(code);
  // pg itself throws these without a code when a connection is cut or none can be had in time.
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}
