import pg from 'pg';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import type { ServiceName } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '../stack/stack.ts';

/**
 * The real PostgreSQL under simulated time. One statement is under way at a time; one that waits for a lock is recognised
 * and left waiting while others go on. What of it is not PostgreSQL's own:
 * - its clock. `now()` and the like, also in defaults of columns, are functions of our own that say the simulated time: a
 *   schema before pg_catalog on the search path. So leases and outages run on simulated time too.
 * - its random ids, which are counted, and its sequences, which begin anew with each run.
 * - plans, which are made once and not by size: an order that no statement asks for does not depend on what ran before.
 */
export class Database {
  readonly #test: TestDatabase;
  readonly #monitor: pg.Client;
  readonly #free = new Map<ServiceName, Session[]>();
  #empty = '';
  #at = '';

  private constructor(test: TestDatabase, monitor: pg.Client) {
    this.#test = test;
    this.#monitor = monitor;
  }

  static async create(): Promise<Database> {
    const test = await createDatabase();
    await seedContent(test.adminPool, {
      directory: sampleContentDirectory,
      now: new Date('2026-01-01T00:00:00Z'),
    });
    await test.adminPool.query(ownClock(test.name));
    const monitor = new pg.Client({ connectionString: test.url });
    await monitor.connect();
    const database = new Database(test, monitor);
    await database.#rebindDefaults();
    database.#empty = await database.#emptying();
    return database;
  }

  async drop(): Promise<void> {
    await Promise.all([...this.#free.values()].flat().map(({ client }) => client.end()));
    await this.#monitor.end();
    await this.#test.drop();
  }

  /** As it was when it was created, for a run of its own. */
  async reset(): Promise<void> {
    await this.#monitor.query(this.#empty);
    // The one row that is there from the beginning and that runs change: breakers would not look before the run before did.
    await this.#monitor.query(`UPDATE breaker_watch SET looked_at = '-infinity'`);
    // A run may have needed many at once; others use the server as well.
    for (const free of this.#free.values())
      await Promise.all(free.splice(MOST_KEPT).map(({ client }) => client.end()));
  }

  /** From outside of the simulation. */
  async read<Row extends object>(sql: string): Promise<Row[]> {
    const { rows } = await this.#monitor.query<Row>(sql);
    return rows;
  }

  /** For arranging, and for looking, from outside of the simulation; its time is `at`. */
  admin(at?: Date): Pick<pg.Pool, 'query'> {
    if (at !== undefined) void this.#monitor.query(TIME(at.toISOString()));
    return { query: this.#monitor.query.bind(this.#monitor) as pg.Pool['query'] };
  }

  /** The time of all statements from now on. */
  set time(at: Date) {
    this.#at = at.toISOString();
  }

  async session(service: ServiceName): Promise<Session> {
    const free = this.#free.get(service)?.pop();
    if (free !== undefined) return free;
    const { applicationName, database, host, password, port, user } = this.#test.configFor(service);
    const client = new pg.Client({
      host,
      port,
      database,
      user,
      password,
      application_name: applicationName,
      pipeline: true,
      options: SESSION,
    });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return new Session(service, client, rows[0]?.pid ?? 0);
  }

  /** Takes a session back that is in no transaction. */
  giveBack(session: Session): void {
    const free = this.#free.get(session.service);
    if (free === undefined) this.#free.set(session.service, [session]);
    else free.push(session);
  }

  /**
   * Executes a statement, until it has ended or waits for a lock of somebody else. `mayWait`: others are in transactions.
   */
  async execute(session: Session, statement: pg.QueryConfig, mayWait: boolean): Promise<void> {
    session.execute(statement, this.#at);
    await this.untilStill(session, mayWait);
  }

  /** Until the session has ended its statement or waits for a lock. */
  async untilStill(session: Session, mayWait = true): Promise<void> {
    if (!mayWait) {
      await session.ended;
      return;
    }
    while (session.outcome === null) {
      await soonerOf(session.ended, 2);
      if (session.outcome !== null) return;
      // Twice, so that a deadlock is found by PostgreSQL, which looks after 1 ms, before anybody goes on.
      if (!(await this.#waits(session))) continue;
      await soonerOf(session.ended, 4);
      if (session.outcome === null && (await this.#waits(session))) return;
    }
  }

  /** Ends a statement that waits, with the error that a time-out has. */
  async cancel(session: Session): Promise<void> {
    await this.#monitor.query('SELECT pg_cancel_backend($1)', [session.pid]);
    await session.ended;
  }

  async #waits({ pid }: Session): Promise<boolean> {
    const { rows } = await this.#monitor.query<{ waits: boolean }>(
      'SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits',
      [pid],
    );
    return rows[0]?.waits ?? false;
  }

  /** Defaults were bound to PostgreSQL's own functions when the tables were made. */
  async #rebindDefaults(): Promise<void> {
    const defaults = await this.read<{ relation: string; name: string; said: string }>(
      `SELECT attrelid::regclass::text AS relation, quote_ident(attname) AS name, pg_get_expr(adbin, adrelid) AS said
         FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
         JOIN pg_class ON pg_class.oid = adrelid
        WHERE attgenerated = '' AND relnamespace = 'public'::regnamespace
          AND pg_get_expr(adbin, adrelid) ~ '(now|_timestamp|random_uuid)\\(\\)'`,
    );
    for (const { name, relation, said } of defaults)
      await this.#monitor.query(
        `ALTER TABLE ${relation} ALTER COLUMN ${name} SET DEFAULT ${said.replaceAll('pg_catalog.', '')}`,
      );
  }

  /** What empties the tables that were empty, in one statement of many. */
  async #emptying(): Promise<string> {
    const tables = await this.read<{ name: string; holds: boolean }>(
      `SELECT oid::regclass::text AS name,
              (xpath('/row/holds/text()', query_to_xml('SELECT EXISTS (SELECT FROM ' || oid::regclass || ') AS holds', false, true, '')))[1]::text = 'true' AS holds
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        ORDER BY 1`,
    );
    const sequences = await this.read<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text IN ('public', 'simulated')`,
    );
    return [
      'BEGIN',
      'SET LOCAL session_replication_role = replica',
      ...tables.filter(({ holds }) => !holds).map(({ name }) => `DELETE FROM ${name}`),
      ...sequences.map(({ name }) => `SELECT setval('${name}', 1, false)`),
      'COMMIT',
    ].join(';\n');
  }
}

/** Sessions of a service that are kept for the next run. */
const MOST_KEPT = 2;

/** Until it has ended, or so many ms have passed. */
function soonerOf(ended: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void ended.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const SESSION = [
  // Of real time: nothing may end by it that simulated time has not ended.
  'statement_timeout=0',
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
  'max_parallel_workers_per_gather=0',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** When the transaction began; outside of one, when the statement did. */
const BEGUN =
  "coalesce(nullif(current_setting('simulated.began', true), ''), current_setting('simulated.time', true))";

const timeFunction = (name: string, at: string): string => `
  CREATE FUNCTION simulated.${name}() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(nullif(${at}, ''), '2026-01-01T00:00:00Z')::timestamptz $$;`;

const ownClock = (database: string): string => `
  CREATE SCHEMA simulated;
  GRANT USAGE ON SCHEMA simulated TO PUBLIC;
  CREATE SEQUENCE simulated.ids;
  GRANT USAGE ON SEQUENCE simulated.ids TO PUBLIC;
  ${timeFunction('clock_timestamp', "current_setting('simulated.time', true)")}
  ${timeFunction('statement_timestamp', "current_setting('simulated.time', true)")}
  ${timeFunction('now', BEGUN)}
  ${timeFunction('transaction_timestamp', BEGUN)}
  CREATE FUNCTION simulated.gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE
    AS $$ SELECT overlay(overlay(md5(nextval('simulated.ids')::text) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid $$;
  ALTER DATABASE ${database} SET search_path = simulated, pg_catalog, public;
  ALTER DATABASE ${database} SET deadlock_timeout = '1ms';`;

export type Outcome = { ok: true; result: pg.QueryResult } | { ok: false; error: Error };

const names = new Map<string, string>();

const asking = new Map<string, boolean>();

/** Whether a statement depends on the time: by a function, or by the default of a column. */
function asksForTime(text: string): boolean {
  let asks = asking.get(text);
  if (asks === undefined) {
    asks = /now\(\)|_timestamp\(\)|\bINSERT\b/i.test(text);
    asking.set(text, asks);
  }
  return asks;
}

/** A connection; of one task at a time. */
export class Session {
  readonly service: ServiceName;
  readonly client: pg.Client;
  readonly pid: number;
  /** Of the last statement; null: it has not ended. */
  outcome: Outcome | null = null;
  ended: Promise<void> = Promise.resolve();
  #time = '';

  constructor(service: ServiceName, client: pg.Client, pid: number) {
    this.service = service;
    this.client = client;
    this.pid = pid;
  }

  /** Sends a statement, behind the time if that is another. Planned once for all runs. */
  execute(statement: pg.QueryConfig, at: string): void {
    const { text, values } = statement;
    if (this.#time !== at && asksForTime(text)) {
      // Refused within a transaction that has failed, where no time matters any more.
      this.client.query(TIME(at)).catch(() => undefined);
      this.#time = at;
    }
    let name = names.get(text);
    if (name === undefined) {
      name = `s${names.size}`;
      names.set(text, name);
    }
    this.outcome = null;
    this.ended = this.client
      .query(values === undefined || values.length === 0 ? statement : { ...statement, name })
      .then(
        (result) => {
          this.outcome = { ok: true, result };
        },
        (error: Error) => {
          this.outcome = { ok: false, error };
        },
      );
  }

  /** Begins a transaction, at this time. Nobody waits for it: it is executed before what follows. */
  begin(text: string, at: string): void {
    this.client.query(`${text}; SELECT set_config('simulated.began', '${at}', true)`).catch(() => undefined);
  }

  async rollBack(): Promise<void> {
    await this.client.query('ROLLBACK').catch(() => undefined);
    // A setting of the transaction is gone with it.
    this.#time = '';
  }

  /** What a transaction that failed by itself has set is gone. */
  forgetTime(): void {
    this.#time = '';
  }
}

const TIME = (at: string): pg.QueryConfig => ({
  name: 'time',
  text: "SELECT set_config('simulated.time', $1, false)",
  values: [at],
});
