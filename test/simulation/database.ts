import pg from 'pg';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import type { ServiceName } from '#shared/topology.ts';
import { createDatabase, type TestDatabase } from '../stack/stack.ts';
import { KnownAnswers, type Table, type Tables } from './known-answers.ts';
import { OURS_THERE } from './ours-there.ts';
import { Session } from './session.ts';

/** What staff writes is on its way by the sender, as no task of the API runs. */
const STAFF_BY_SENDER = `CREATE POLICY staff_by_sender ON outbox FOR INSERT TO carillon_api WITH CHECK (producer = 'sender')`;

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
  readonly #known: KnownAnswers;
  /** Tables that are empty at the beginning of a run. */
  #empty: ReadonlySet<string> = new Set();
  /** How the rows of others are brought back to what they were then, by their names. */
  readonly #restore = new Map<string, string>();
  /** What runs since the last thorough emptying wrote. */
  readonly #written = new Set<string>();
  #resets = 0;
  /** What sets sequences to their beginning. */
  #sequences = '';
  #at = '';

  private constructor(test: TestDatabase, monitor: pg.Client, known: KnownAnswers) {
    this.#test = test;
    this.#monitor = monitor;
    this.#known = known;
  }

  /** `asksAgain`: whether what is known to be answered is asked all the same, to compare. */
  static async create({ asksAgain = false } = {}): Promise<Database> {
    const test = await createDatabase();
    await seedContent(test.adminPool, {
      directory: sampleContentDirectory,
      now: new Date('2026-01-01T00:00:00Z'),
    });
    // People may write to the programme by WhatsApp as well, where there is such a number.
    await test.adminPool.query(
      `UPDATE programme SET definition = jsonb_set(definition, '{senderNumbers}', definition -> 'senderNumbers' || to_jsonb($1::text))`,
      [OURS_THERE],
    );
    await test.adminPool.query(ownClock(test.name));
    await test.adminPool.query(STAFF_BY_SENDER);
    const url = new URL(test.url);
    const monitor = new pg.Client({
      host: test.nearest,
      port: Number(url.port),
      user: url.username,
      password: url.password,
      database: test.name,
    });
    await monitor.connect();
    const database = new Database(test, monitor, new KnownAnswers(await readTables(monitor), asksAgain));
    await database.#rebindDefaults();
    await database.#readBeginning();
    return database;
  }

  async drop(): Promise<void> {
    await Promise.all([...this.#free.values()].flat().map((session) => session.close()));
    await this.#monitor.end();
    await this.#test.drop();
  }

  /** As it was when it was created, for a run of its own. */
  async reset(): Promise<void> {
    for (const name of this.#known.reset()) this.#written.add(name);
    this.#resets += 1;
    const isThorough = this.#resets % THOROUGH === 0;
    // Who has not told the end of a transaction holds the tables that it looked at.
    await Promise.all([...this.#free.values()].flat().map((session) => session.settle()));
    await this.#monitor.query(
      [
        'BEGIN',
        'SET LOCAL session_replication_role = replica',
        ...(isThorough
          ? [`TRUNCATE ${[...this.#empty].join(', ')}`]
          : [...this.#written].filter((name) => this.#empty.has(name)).map((name) => `DELETE FROM ${name}`)),
        'DELETE FROM simulated.wrong',
        // What is there from the beginning and runs change: who looks at what when, as far as it was left by the run before.
        ...[...this.#written].flatMap((name) => this.#restore.get(name) ?? []),
        this.#sequences,
        'COMMIT',
      ].join('; '),
    );
    if (isThorough) this.#written.clear();
    // A run may have needed many at once; others use the server as well.
    for (const free of this.#free.values())
      await Promise.all(free.splice(0, free.length - MOST_KEPT).map((session) => session.close()));
  }

  /** Answers that were not what PostgreSQL says. */
  get wrong(): readonly string[] {
    return this.#known.wrong;
  }

  /** Statements up to now: so many PostgreSQL was asked, so many were known. */
  get counts(): Readonly<Record<'asked' | 'known', number>> {
    return { ...this.#known.counts };
  }

  /** From outside of the simulation. */
  async read<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.#monitor.query<Row>(
      values.length === 0 ? { text } : { name: text.slice(0, 40), text, values },
    );
    return rows;
  }

  /** For arranging, and for looking, from outside of the simulation; its time is `at`. */
  admin(at?: Date): Pick<pg.Pool, 'query'> {
    if (at !== undefined) void this.#monitor.query(TIME(at.toISOString()));
    const query = (text: string, values?: unknown[]): Promise<pg.QueryResult> => {
      this.#known.outside(text);
      return this.#monitor.query(text, values);
    };
    return { query: query as pg.Pool['query'] };
  }

  /** The time of all statements from now on. */
  set time(at: Date) {
    this.#at = at.toISOString();
  }

  async session(service: ServiceName): Promise<Session> {
    const free = this.#free.get(service)?.pop();
    if (free !== undefined) return free;
    const { applicationName, database, password, port, user } = this.#test.configFor(service);
    return Session.open(
      service,
      {
        host: this.#test.nearest,
        port,
        database,
        user,
        password,
        application_name: applicationName,
        options: SESSION,
      },
      this.#known,
    );
  }

  /** Takes a session back that is in no transaction. */
  giveBack(session: Session): void {
    const free = this.#free.get(session.service);
    if (free === undefined) this.#free.set(session.service, [session]);
    else free.push(session);
  }

  /** Whether it may have to wait for a lock of somebody else. */
  mayWait({ text }: pg.QueryConfig): boolean {
    return this.#known.mayWait(text);
  }

  /**
   * Executes a statement, until it has ended or waits for a lock of somebody else. `mayWait`: others hold what it may want.
   */
  async execute(session: Session, statement: pg.QueryConfig, mayWait: boolean): Promise<void> {
    session.execute(statement, this.#at);
    await this.untilStill(session, mayWait);
  }

  /** Until the session has ended its statement or waits for a lock; nobody else does anything meanwhile. */
  async untilStill(session: Session, mayWait = true): Promise<void> {
    while (!mayWait && session.outcome === null) {
      await soonerOf(session.ended, UNEXPECTED_MS);
      if (session.outcome === null && (await this.#blockers([session])).has(session.pid))
        throw new Error('a statement waits for a lock of which nobody is known to hold it');
    }
    const givesUpAt = performance.now() + LONGEST_MS;
    while (session.outcome === null) {
      await soonerOf(session.ended, LOOK_MS);
      if (session.outcome === null && (await this.#blockers([session])).has(session.pid)) return;
      if (performance.now() > givesUpAt)
        throw new Error(`a statement has neither ended nor waited for anybody for ${LONGEST_MS / 1_000} s`);
    }
  }

  /** Those of them that wait for a lock. */
  async blocked(sessions: readonly Session[]): Promise<Session[]> {
    const blockers = await this.#blockers(sessions);
    return sessions.filter(({ pid }) => blockers.has(pid));
  }

  /**
   * Whether it waits for somebody who waits for it, in the end; `waiting`: all who wait. PostgreSQL would look for that after a while
   * of real time, and whoever looks first is the one that fails: so it is not left to it (`deadlock_timeout`).
   */
  async isDeadlocked(session: Session, waiting: readonly Session[]): Promise<boolean> {
    const blockers = await this.#blockers([...waiting, session]);
    const reached = new Set(blockers.get(session.pid));
    // What is added on the way is looked at as well.
    for (const pid of reached) for (const next of blockers.get(pid) ?? []) reached.add(next);
    return reached.has(session.pid);
  }

  /** Ends a statement that waits, with the error that a time-out has, or with another one. */
  async cancel(session: Session, instead: Error | null = null): Promise<void> {
    session.fails = instead;
    await this.#monitor.query('SELECT pg_cancel_backend($1)', [session.pid]);
    await session.ended;
    session.fails = null;
  }

  /** By whom those are blocked that wait for a lock, by the numbers of their processes. */
  async #blockers(sessions: readonly Session[]): Promise<ReadonlyMap<number, readonly number[]>> {
    const { rows } = await this.#monitor.query<{ pid: number; blockers: number[] }>({
      name: 'blockers',
      text: 'SELECT pid, blockers FROM unnest($1::int[]) AS pid, pg_blocking_pids(pid) AS blockers WHERE cardinality(blockers) > 0',
      values: [sessions.map(({ pid }) => pid)],
    });
    return new Map(rows.map(({ blockers, pid }) => [pid, blockers]));
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

  async #readBeginning(): Promise<void> {
    const tables = await this.read<{ name: string; holds: boolean }>(
      `SELECT oid::regclass::text AS name,
              (xpath('/row/holds/text()', query_to_xml('SELECT EXISTS (SELECT FROM ' || oid::regclass || ') AS holds', false, true, '')))[1]::text = 'true' AS holds
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        ORDER BY 1`,
    );
    const sequences = await this.read<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text IN ('public', 'simulated')`,
    );
    this.#empty = new Set(tables.filter(({ holds }) => !holds).map(({ name }) => name));
    const columns = await this.read<{ name: string; columns: string }>(
      `SELECT attrelid::regclass::text AS name, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
        GROUP BY 1`,
    );
    for (const { columns: all, name } of columns) {
      if (this.#empty.has(name) || !tables.some((table) => table.name === name)) continue;
      const kept = `simulated.beginning_${this.#restore.size}`;
      await this.#monitor.query(`CREATE TABLE ${kept} AS SELECT ${all} FROM ${name}`);
      this.#restore.set(
        name,
        `DELETE FROM ${name}; INSERT INTO ${name} (${all}) OVERRIDING SYSTEM VALUE SELECT ${all} FROM ${kept}`,
      );
    }
    this.#sequences = sequences.map(({ name }) => `SELECT setval('${name}', 1, false)`).join('; ');
  }
}

/** All tables, and where deleting a row deletes others. */
async function readTables(client: pg.Client): Promise<Tables> {
  const { rows } = await client.query<{ name: string } & Table>(
    `SELECT relname AS name,
            ARRAY(SELECT conrelid::regclass::text FROM pg_constraint
                   WHERE contype = 'f' AND confrelid = pg_class.oid AND confdeltype <> 'a') AS cascades,
            EXISTS (SELECT FROM pg_attrdef WHERE adrelid = pg_class.oid
                       AND pg_get_expr(adbin, adrelid) ~ '(now|_timestamp)\\(\\)') AS "isTimed"
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
  );
  return new Map(rows.map(({ cascades, isTimed, name }) => [name, { cascades, isTimed }]));
}

/** How long a statement may take, in real ms, before it is looked whether it waits; where it should not; and at all. */
const LOOK_MS = 5;
const UNEXPECTED_MS = 2_000;
const LONGEST_MS = 120_000;
/** So many runs one after the other leave dead rows behind, as nothing is vacuumed: it would make plans others. */
const THOROUGH = 25;
/** Sessions of a service that are kept for the next run. */
const MOST_KEPT = 4;

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
  -- Transactions of other databases of this server, which are under way in real time, have nothing to do with this one.
  CREATE FUNCTION simulated.pg_current_snapshot() RETURNS pg_snapshot LANGUAGE sql VOLATILE SECURITY DEFINER
    AS $$ SELECT format('%s:%s:', least(min(backend_xid::text::xid8), xmax), xmax)::pg_snapshot
            FROM pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) AS xmax
            LEFT JOIN pg_stat_activity ON datname = current_database() AND backend_xid IS NOT NULL
           GROUP BY xmax $$;
  -- What must never be, seen where it happens. A holder that has been replaced would move a checkpoint back.
  CREATE TABLE simulated.wrong (says text);
  CREATE FUNCTION simulated.checkpoint_goes_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    AS $$ BEGIN
      INSERT INTO simulated.wrong
      VALUES (format('the checkpoint of %s on %s of %s went back from %s to %s', NEW.consumer, NEW.shard, NEW.source,
                     OLD.checkpoint, NEW.checkpoint));
      RETURN NULL;
    END $$;
  CREATE TRIGGER checkpoint_goes_back AFTER UPDATE OF checkpoint ON lease
    FOR EACH ROW WHEN (NEW.checkpoint::numeric < OLD.checkpoint::numeric) EXECUTE FUNCTION simulated.checkpoint_goes_back();
  ALTER DATABASE ${database} SET search_path = simulated, pg_catalog, public;
  ALTER DATABASE ${database} SET deadlock_timeout = '1h';`;

const TIME = (at: string): pg.QueryConfig => ({
  name: 'time',
  text: "SELECT set_config('simulated.time', $1, false)",
  values: [at],
});
