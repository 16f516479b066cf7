import { createSecureContext } from 'node:tls';
import pg from 'pg';
import { CarillonError } from '#shared/errors.ts';

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
  /** Requires TLS with a certificate of these authorities (PEM) for the host; left out: no TLS. */
  tls?: { ca: string };
  /** Most connections of this process. */
  max?: number;
  /** How long a connection lies idle before it is closed, in ms. An idle pool holds none. */
  idleMs?: number;
  /**
   * Whether statements are sent as they are given, without waiting for the answer to the one before: what is given together
   * is made ready here while the server is at work. They are executed in order, all the same. No COPY. Left out: it waits.
   */
  pipeline?: boolean;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /**
   * A channel that every connection listens on, so that hearing costs no connection of its own. `heard` is called for
   * each word on it, once per connection, and whenever a connection listens after none did.
   */
  listen?: { channel: string; heard(): void };
}

/**
 * How long a statement, and a transaction that stopped talking, may last. Below the lease length
 * (`shared/leases/keeper.ts`), so that a holder that died with a lock in hand cannot outlast its own lease.
 */
const STATEMENT_TIMEOUT_MS = 6_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
const TCP_USER_TIMEOUT_MS = 6_000;
/** Our side of the same: a server that went away without a word answers nothing, also not that time is up. */
const ANSWER_TIMEOUT_MS = 8_000;
/**
 * Most statements that are on their way at once on a pipeline: of what is given together (given-together.ts), one each. The
 * time in which an answer has to come counts from when its statement is sent, so also while those before it are executed.
 */
const GIVEN_AT_ONCE = 4;
const KEEP_ALIVE_AFTER_MS = 5_000;
const IDLE_MS = 30_000;

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
    ssl: tlsOptions(config.tls),
    max: config.max ?? 8,
    pipeline: config.pipeline ?? false,
    idleTimeoutMillis: config.idleMs ?? IDLE_MS,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    query_timeout: ANSWER_TIMEOUT_MS + (config.pipeline ? GIVEN_AT_ONCE * STATEMENT_TIMEOUT_MS : 0),
    application_name: config.applicationName,
    options: [
      `-c statement_timeout=${STATEMENT_TIMEOUT_MS}`,
      `-c idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
      `-c tcp_user_timeout=${TCP_USER_TIMEOUT_MS}`,
    ].join(' '),
    ...(config.listen === undefined ? {} : { onConnect: listenOn(config.listen) }),
  });
  // A connection that breaks while it lies in the pool has nobody waiting on it; the pool discards it by itself.
  pool.on('error', onIdleError);
  return pool;
}

/** The pool hands a connection out only after this has resolved; one that cannot listen is not handed out. */
function listenOn({
  channel,
  heard,
}: NonNullable<PostgresConfig['listen']>): (client: pg.ClientBase) => Promise<void> {
  let listening = 0;
  return async (client) => {
    client.on('notification', () => heard());
    await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    client.once('end', () => {
      listening -= 1;
    });
    listening += 1;
    if (listening === 1) heard();
  };
}

/** What `pg` needs for TLS. The authorities, some hundred, are read once, not at every connection. */
export const tlsOptions = (tls: { ca: string } | undefined): false | pg.ClientConfig['ssl'] =>
  tls ? { rejectUnauthorized: true, secureContext: createSecureContext({ ca: tls.ca }) } : false;

/**
 * An error that came from the connection, from beginning or from ending a transaction, and therefore cannot have been
 * caused by the data that the transaction was about.
 */
const fromMachinery = new WeakSet<Error>();

/**
 * Runs `work` in one transaction (READ COMMITTED) on one connection: commits when it returns, rolls back when it
 * throws and throws the same error. A connection that broke, or whose rollback fails, is discarded, never reused.
 */
export const inTransaction = <T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  transaction(pool, 'BEGIN', work);

/** The same for reading: every statement sees what was committed when the first one began. */
export const inSnapshot = <T>(pool: Pool, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  transaction(pool, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work);

async function transaction<T>(pool: Pool, begin: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = (await machinery(pool.connect())) as Transaction;
  let broken: Error | undefined;
  // A connection that ends while no statement is under way tells nobody but this listener; without it, it would end
  // the process. The next statement on it fails by itself.
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await machinery(client.query(begin));
    const result = await work(client);
    await machinery(client.query('COMMIT'));
    return result;
  } catch (error) {
    if (error instanceof Error && isAnswerTimeout(error)) broken = error;
    else {
      await client.query('ROLLBACK').catch((rollbackError: Error) => {
        // The first error is the one to report; this connection is in an unknown state and must go.
        broken = rollbackError;
      });
    }
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function machinery<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof Error) fromMachinery.add(error);
    throw error;
  }
}

/** The answer did not come in time: the connection may still be busy with the statement. */
const isAnswerTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/** SQLSTATE classes that mean "not your data's fault: try again": never a reason to quarantine a record. */
const TRANSIENT_SQLSTATE = /^(?:08|40|53|57|58|55P03|25P02|25P03|25P04)/;
const TRANSIENT_SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
]);

/** Whether an error of `pg` says that the database, not the statement or its data, was the problem. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A password that cannot be had just now.
  if (error instanceof CarillonError) return error.retryable;
  if (isAnswerTimeout(error)) return true;
  const code = sqlstateOf(error);
  if (code !== '') return TRANSIENT_SQLSTATE.test(code) || TRANSIENT_SOCKET.has(code);
  // pg itself throws these without a code when a connection is cut or none can be had in time.
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(
    error.message,
  );
}

/** SQLSTATE classes of data: cardinality, data exception, integrity constraint, program limit (a value too large). */
const DATA_SQLSTATE = /^(?:21|22|23|54|P0001)/;

/**
 * Whether an error that a transaction ended with may be the fault of the data it was about: a plain error of our own
 * code, or a SQLSTATE that speaks of data, and nothing from connecting, beginning or committing... except a constraint
 * that is checked at the commit.
 */
export function isDataFault(error: unknown): boolean {
  if (!(error instanceof Error) || isTransientDatabaseError(error)) return false;
  const code = sqlstateOf(error);
  if (fromMachinery.has(error)) return /^23/.test(code);
  // Codes of other shapes are Node's own, of errors that our code made.
  return !/^[0-9A-Z]{5}$/.test(code) || DATA_SQLSTATE.test(code);
}

/** Somebody else wrote the same key at the same moment: whoever looks again finds it. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && sqlstateOf(error) === '23505';

/** Said of a statement behind one that failed: what that was says more. */
export const isAborted = (error: unknown): boolean => error instanceof Error && sqlstateOf(error) === '25P02';

/** Took too long as a statement: fewer records at once may do. */
export const isStatementTimeout = (error: unknown): boolean =>
  error instanceof Error && sqlstateOf(error) === '57014';

/** Waited for a lock for longer than its transaction wanted to. */
export const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && sqlstateOf(error) === '55P03';

const sqlstateOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';
