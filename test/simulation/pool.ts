import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { ServiceName } from '#shared/topology.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';
import type { Running, World } from './world.ts';

/** All connections of a run: who is in a transaction, and who waits for whom. */
export class Connections {
  readonly #world: World;
  readonly #database: Database;
  /** In transactions. */
  readonly #open = new Set<Connection>();
  /** Waiting for a lock, in the order in which they began to. */
  readonly #waiting = new Set<Waiting>();
  readonly #all = new Map<Running, Set<Connection>>();
  readonly counts = { statements: 0, waits: 0 };
  /** Services of which a connection was cut that was in use. */
  readonly cut = new Set<ServiceName>();

  constructor(world: World, database: Database) {
    this.#world = world;
    this.#database = database;
  }

  /** The pool of a task: as much of pg's as services use. */
  pool(task: Running, service: ServiceName, max: number, pipeline: boolean): pg.Pool {
    return new SimulatedPool(this, this.#world, task, service, max, pipeline) as unknown as pg.Pool;
  }

  begun(connection: Connection): void {
    this.#open.add(connection);
  }

  ended(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** It has a session. */
  taken(connection: Connection): void {
    const its = this.#all.get(connection.task);
    if (its === undefined) this.#all.set(connection.task, new Set([connection]));
    else its.add(connection);
  }

  /** It has none any more. */
  gone(connection: Connection): void {
    this.#open.delete(connection);
    this.#all.get(connection.task)?.delete(connection);
  }

  /** All connections of a task are cut: what was in a transaction is rolled back, and who waited for it goes on. */
  async abandon(task: Running): Promise<void> {
    for (const connection of [...(this.#all.get(task) ?? [])]) await connection.cut();
    this.#all.delete(task);
  }

  /** After so long without a word in a transaction the server ends the session of a task that is stopped, as the services ask it to. */
  watchIdle(task: Running): void {
    for (const connection of this.#all.get(task) ?? []) this.watchOne(connection);
  }

  watchOne(connection: Connection): void {
    const { statements, stillSince, task } = connection;
    const { now, scheduler } = this.#world;
    const at = stillSince + IDLE_IN_TRANSACTION_MS;
    if (!this.#open.has(connection) || task.deafUntil <= Math.max(at, now)) return;
    scheduler.after(at - now, `the server ends a transaction of ${task.name}`, null, async () => {
      const isStill = connection.statements === statements && !connection.waits;
      if (task.alive && isStill && this.#open.has(connection)) await connection.cut();
    });
  }

  session(service: ServiceName): Promise<Session> {
    return this.#database.session(service);
  }

  giveBack(session: Session): void {
    this.#database.giveBack(session);
  }

  /** One statement, at this moment. Calls `ended` when it has ended: now, or when a lock that it waits for was let go. */
  async execute(
    session: Session,
    statement: pg.QueryConfig,
    ended: () => Promise<void>,
    inHand: () => void,
  ): Promise<void> {
    this.#database.time = this.#world.time();
    this.counts.statements += 1;
    const mayWait =
      this.#database.mayWait(statement) &&
      (this.#waiting.size > 0 || [...this.#open].some((connection) => connection.holds(session)));
    await this.#alone(async () => {
      await this.#database.execute(session, statement, mayWait);
      const others = [...this.#waiting].map((each) => each.session);
      if (session.outcome === null && (await this.#database.isDeadlocked(session, others)))
        await this.#database.cancel(session, deadlock());
    });
    if (session.outcome !== null) {
      await ended();
      return;
    }
    this.counts.waits += 1;
    inHand();
    this.#world.scheduler.note(`waits for a lock: ${brief(statement.text)}`);
    const waiting: Waiting = { session, ended };
    this.#waiting.add(waiting);
    this.#world.scheduler.after(STATEMENT_MS, 'a statement takes too long', null, async () => {
      if (this.#waiting.has(waiting)) await this.#alone(() => this.#database.cancel(session), waiting);
    });
  }

  /** A session is given up: what it has in a transaction is rolled back. `waits`: for a lock. */
  async rollBack(session: Session, waits: boolean): Promise<void> {
    const waiting = [...this.#waiting].find((each) => each.session === session);
    if (waiting !== undefined) this.#waiting.delete(waiting);
    await this.#alone(async () => {
      // It would have nobody to tell.
      if (waits) await this.#database.cancel(session);
      await session.rollBack();
    });
  }

  /**
   * Does something by which locks may be let go. All who wait for one stand still meanwhile and then go on one at a time, in the order
   * in which they began to wait: of several who wait for the same row, PostgreSQL lets go on whoever the processors let be the first, and
   * a seed would do one thing today and another tomorrow. `but`: whom it is done to.
   */
  async #alone(work: () => Promise<void>, but?: Waiting): Promise<void> {
    const standing = new Set([...this.#waiting].filter((waiting) => waiting !== but));
    try {
      for (const { session } of standing) session.freeze();
      await work();
      // Those whose locks were let go may let go others' in their turn.
      for (let goesOn = standing.size > 0; goesOn; ) goesOn = await this.#nextGoesOn(standing);
    } finally {
      for (const { session } of standing) session.thaw();
    }
    if (but !== undefined) this.#hasEnded(but);
  }

  /** Lets the first of them go on whose lock was let go, until it waits again or has ended. Says whether there was one. */
  async #nextGoesOn(standing: Set<Waiting>): Promise<boolean> {
    const all = [...standing];
    const blocked = new Set(await this.#database.blocked(all.map(({ session }) => session)));
    const next = all.find(({ session }) => !blocked.has(session));
    if (next === undefined) return false;
    const { session } = next;
    session.thaw();
    await this.#database.untilStill(session);
    if (session.outcome === null) session.freeze();
    else {
      standing.delete(next);
      this.#hasEnded(next);
    }
    return true;
  }

  #hasEnded(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    this.#world.scheduler.after(this.#world.latency(), 'has its lock', null, waiting.ended);
  }
}

interface Waiting {
  session: Session;
  ended: () => Promise<void>;
}

/** shared/postgres/pool.ts; in simulated time. */
const STATEMENT_MS = 6_000;
const IDLE_IN_TRANSACTION_MS = 5_000;

/** Renewals of leases, what goes with them, and looks for what is due, which mostly find nothing. */
const DULL =
  /\b(lease_worker|lease|sender_task|inbound_watch|inbound_part|status_watch|status_follow_up|next_look_at)\b/;
const DULL_SHARE = 0.1;

const deadlock = (): Error =>
  Object.assign(new pg.DatabaseError('deadlock detected', 0, 'error'), { severity: 'ERROR', code: '40P01' });
const disconnected = (): Error => new Error('Connection terminated unexpectedly');
const unusable = (): Error => new Error('Client has encountered a connection error and is not queryable');

/** A statement as the trace has it. */
function brief(text: string): string {
  let said = briefly.get(text);
  if (said === undefined) {
    said = text.replace(/\s+/g, ' ').trim().slice(0, 60);
    briefly.set(text, said);
  }
  return said;
}
const briefly = new Map<string, string>();

type Query = string | pg.QueryConfig;
const configOf = (query: Query, values?: unknown[]): pg.QueryConfig =>
  typeof query === 'string'
    ? { text: query, ...(values === undefined ? {} : { values }) }
    : { ...query, ...(values === undefined ? {} : { values }) };

/** A connection that a task has taken out of its pool. */
export class Connection extends EventEmitter {
  readonly task: Running;
  readonly pipeline: boolean;
  readonly #connections: Connections;
  readonly #world: World;
  readonly #service: ServiceName;
  readonly #released: () => void;
  #session: Session | null = null;
  #begin: string | null = null;
  #inTransaction = false;
  /** Nothing but renewals were made in the transaction, or by the statement. */
  #isDull = false;
  #broken = false;
  #before: Promise<unknown> = Promise.resolve();
  /** Sent to the server. */
  statements = 0;
  /** For a lock. */
  waits = false;
  /** When the last statement ended, in ms of simulated time. */
  stillSince = 0;

  constructor(
    connections: Connections,
    world: World,
    task: Running,
    service: ServiceName,
    pipeline: boolean,
    released: () => void,
  ) {
    super();
    this.#connections = connections;
    this.#world = world;
    this.task = task;
    this.#service = service;
    this.pipeline = pipeline;
    this.#released = released;
  }

  /** Whether its transaction has what a statement of that session may have to wait for. */
  holds(session: Session): boolean {
    return this.#session !== null && this.#session !== session && this.#session.holds;
  }

  query(query: Query, values?: unknown[]): Promise<pg.QueryResult> {
    const config = configOf(query, values);
    const result = this.#before.then(() => this.#query(config));
    this.#before = result.catch(() => undefined);
    return result;
  }

  release(error?: Error | boolean): void {
    if (error) {
      this.#broken = true;
      this.#world.scheduler.after(0, `${this.task.name} gives up a connection`, null, () => this.cut());
    } else if (this.#session !== null) {
      this.#connections.gone(this);
      this.#connections.giveBack(this.#session);
      this.#session = null;
    }
    this.#broken = true;
    this.#released();
  }

  /** The connection is gone: what was in a transaction is rolled back. */
  async cut(): Promise<void> {
    this.#broken = true;
    const session = this.#session;
    this.#session = null;
    this.#connections.gone(this);
    if (session === null) return;
    this.#connections.cut.add(this.#service);
    await this.#connections.rollBack(session, this.waits);
    this.#connections.giveBack(session);
    // Only within a transaction somebody listens.
    this.#world.answer(this.task, 'connection lost', () => {
      if (this.listenerCount('error') > 0) this.emit('error', disconnected());
    });
  }

  async #query(config: pg.QueryConfig): Promise<pg.QueryResult> {
    if (this.#broken) throw unusable();
    const { text } = config;
    // It has no effect before the first statement, and leaves with it.
    if (/^BEGIN\b/i.test(text)) {
      this.#begin = text;
      this.#isDull = true;
      this.#inTransaction = true;
      return NOTHING;
    }
    const ends = /^(COMMIT|ROLLBACK)\b(?!\s+TO\b)/i.exec(text)?.[1]?.toUpperCase();
    if (ends !== undefined && this.#session === null && !this.#inStarted) {
      this.#inTransaction = false;
      this.#begin = null;
      return NOTHING;
    }
    if (ends === undefined) this.#isDull = DULL.test(text) && (this.#isDull || !this.#inTransaction);
    // Many a transaction looks and finds nothing.
    const changes =
      ends === 'COMMIT' ? (this.#session?.holds ?? false) : !this.#inTransaction && !/^SELECT\b/i.test(text);
    return await this.#execute(config, changes, ends);
  }

  get #inStarted(): boolean {
    return this.#inTransaction && this.#begin === null;
  }

  #execute(config: pg.QueryConfig, changes: boolean, ends: string | undefined): Promise<pg.QueryResult> {
    const world = this.#world;
    const { task } = this;
    // Renewals are most of what happens, and least of what matters.
    const ill = changes && (!this.#isDull || world.chance(DULL_SHARE)) ? world.illness(task) : null;
    const fate = ends === 'ROLLBACK' ? 'done' : world.statementFate();
    const what = brief(config.text);
    return new Promise((resolve, reject) => {
      world.scheduler.after(world.latency(task), `${task.name} ${what}`, null, async () => {
        if (!task.alive) return;
        if (this.#broken) return world.answer(task, what, () => reject(disconnected()));
        if (ill === 'killed before') return await world.kill(task, `before ${what}`);
        if (ill === 'stopped') world.stop(task, what);
        if (fate === 'refused') {
          world.scheduler.note(`${task.name} loses its connection before ${what}`);
          await this.cut();
          return world.answer(task, what, () => reject(disconnected()));
        }
        const session = await this.#begun();
        this.statements += 1;
        await this.#connections.execute(
          session,
          config,
          async () => {
            this.waits = false;
            this.stillSince = world.now;
            const { outcome } = session;
            if (outcome === null) throw new Error('a statement ended without an outcome');
            if (ends !== undefined) {
              this.#inTransaction = false;
              this.#connections.ended(this);
            }
            if (!task.alive) return;
            if (outcome.ok) world.scheduler.note(`${task.name} has ${outcome.result.rowCount ?? 0}`);
            else world.scheduler.note(`${task.name} fails: ${outcome.error.message}`);
            this.#connections.watchOne(this);
            if (ill === 'killed after') return await world.kill(task, `after ${what}`);
            if (fate === 'lost') {
              world.scheduler.note(`${task.name} loses its connection after ${what}`);
              await this.cut();
              return world.answer(task, what, () => reject(disconnected()));
            }
            world.answer(task, what, () => (outcome.ok ? resolve(outcome.result) : reject(outcome.error)));
          },
          () => {
            this.waits = true;
          },
        );
      });
    });
  }

  /** A session, in the transaction that was begun. */
  async #begun(): Promise<Session> {
    if (this.#session === null) {
      this.#session = await this.#connections.session(this.#service);
      this.#connections.taken(this);
    }
    if (this.#begin !== null) {
      this.#session.begin(this.#begin, this.#world.time().toISOString());
      this.#begin = null;
      this.#connections.begun(this);
    }
    return this.#session;
  }
}

const NOTHING: pg.QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] };

/** Hands out connections, at most so many at once, to who asked first. */
class SimulatedPool extends EventEmitter {
  readonly #make: () => Connection;
  readonly #max: number;
  #taken = 0;
  readonly #asking: (() => void)[] = [];

  constructor(
    connections: Connections,
    world: World,
    task: Running,
    service: ServiceName,
    max: number,
    pipeline: boolean,
  ) {
    super();
    this.#max = max;
    this.#make = () => new Connection(connections, world, task, service, pipeline, () => this.#free());
  }

  async connect(): Promise<Connection> {
    if (this.#taken < this.#max) this.#taken += 1;
    else await new Promise<void>((resolve) => this.#asking.push(resolve));
    return this.#make();
  }

  async query(query: Query, values?: unknown[]): Promise<pg.QueryResult> {
    const connection = await this.connect();
    let broken: Error | undefined;
    try {
      return await connection.query(query, values);
    } catch (error) {
      if (error instanceof Error && !('code' in error)) broken = error;
      throw error;
    } finally {
      connection.release(broken);
    }
  }

  async end(): Promise<void> {
    // Connections are given back by those who took them.
  }

  #free(): void {
    const next = this.#asking.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
