import pg from 'pg';
import type { ServiceName } from '#shared/topology.ts';
import type { KnownAnswers } from './known-answers.ts';
import { OneWrite } from './one-write.ts';

export type Outcome = { ok: true; result: pg.QueryResult } | { ok: false; error: Error };

/** Of the same words, the same name in all sessions: each is planned once. */
const names = new Map<string, string>();

interface InHand {
  /** When it was begun. */
  at: string;
  /** How it is begun; null: PostgreSQL knows of it. */
  text: string | null;
  /** Each statement sees what is committed then. */
  isPlain: boolean;
  /** It has done something that others can see, or holds what others want. */
  hasDone: boolean;
  hasFailed: boolean;
}

/** What belongs to pg's client and is not in its types. */
interface Wire {
  connection: { stream: OneWrite };
}

/**
 * A connection; of one task at a time. What PostgreSQL has to be told before a statement goes with it in one piece, and what
 * nobody would notice is told with the next that is: the end of a transaction that has done nothing.
 */
export class Session {
  readonly service: ServiceName;
  readonly pid: number;
  /** Of the last statement; null: it has not ended. */
  outcome: Outcome | null = null;
  ended: Promise<void> = DONE;
  /** What a statement fails with that is cancelled; null: with what PostgreSQL says then. */
  fails: Error | null = null;
  readonly #client: pg.Client;
  readonly #known: KnownAnswers;
  /** As PostgreSQL has it; empty: unknown. */
  #time = '';
  #began = '';
  #transaction: InHand | null = null;
  /** How the one before ends, of which PostgreSQL does not know yet. */
  #end = '';

  private constructor(service: ServiceName, client: pg.Client, pid: number, known: KnownAnswers) {
    this.service = service;
    this.#client = client;
    this.pid = pid;
    this.#known = known;
  }

  static async open(service: ServiceName, config: pg.ClientConfig, known: KnownAnswers): Promise<Session> {
    const client = new pg.Client({ ...config, pipeline: true, stream: () => new OneWrite() });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]?.pid;
    if (pid === undefined) throw new Error('a session without a process');
    return new Session(service, client, pid, known);
  }

  /** Whether it has, or may get in a moment, what a statement of somebody else may have to wait for. */
  get holds(): boolean {
    return this.outcome === null || (this.#transaction?.hasDone ?? false);
  }

  /**
   * PostgreSQL's process of it stands still, as by SIGSTOP. Of who waits for a lock only: such a process has nothing in hand that others
   * need to go on.
   */
  freeze(): void {
    standing.add(this.pid);
    process.kill(this.pid, 'SIGSTOP');
  }

  /** It goes on. Does nothing where its process is gone. */
  thaw(): void {
    standing.delete(this.pid);
    goOn(this.pid);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  /** Tells what has not been told: nothing of it is left then. */
  async settle(): Promise<void> {
    const end = this.#end;
    this.#end = '';
    if (end !== '') await this.#client.query(end);
  }

  /** Begins a transaction, at this time. */
  begin(text: string, at: string): void {
    this.#transaction = { at, text, isPlain: !/\bISOLATION\b/i.test(text), hasDone: false, hasFailed: false };
  }

  /** Executes a statement, which ends now or when `ended` is fulfilled. */
  execute(statement: pg.QueryConfig, at: string): void {
    const { text } = statement;
    const known = this.#recall(statement);
    const answer = this.#answerItself(text) ?? (this.#known.asksAgain ? null : known);
    this.#known.counts[answer === null ? 'asked' : 'known'] += 1;
    if (answer !== null) {
      this.outcome = { ok: true, result: answer };
      this.ended = DONE;
      return;
    }
    const transaction = this.#transaction;
    this.outcome = null;
    const { stream } = (this.#client as unknown as Wire).connection;
    stream.cork();
    const ahead = this.#ahead(text, at);
    // Refused within a transaction that has failed, where no time matters any more.
    if (ahead !== '') this.#client.query(ahead).catch(() => undefined);
    const sent = this.#client.query(named(statement));
    stream.uncork();
    this.ended = sent.then(
      (result) => {
        this.outcome = { ok: true, result };
        if (known !== null) this.#known.compare(statement, known, result);
        this.#note(statement, result, transaction);
      },
      (error: Error) => {
        this.outcome = { ok: false, error: this.fails ?? error };
        this.#note(statement, null, transaction);
      },
    );
  }

  async rollBack(): Promise<void> {
    if (this.#transaction === null || this.#answerItself('ROLLBACK') !== null) return;
    await this.#client.query('ROLLBACK').catch(() => undefined);
    this.#forget();
    this.#over();
  }

  /** What need not be known to anybody else now. */
  #answerItself(text: string): pg.QueryResult | null {
    const transaction = this.#transaction;
    // Of real time: nothing may end by it that simulated time has not ended.
    if (/^\s*SET LOCAL (statement|lock)_timeout\b/i.test(text)) return NOTHING;
    if (!ENDS.test(text) || transaction === null || transaction.hasDone) return null;
    // Committed: settings that were made in it stay.
    if (transaction.text === null) this.#end = 'COMMIT; ';
    this.#over();
    return NOTHING;
  }

  #recall(statement: pg.QueryConfig): pg.QueryResult | null {
    const transaction = this.#transaction;
    if (transaction !== null && (!transaction.isPlain || transaction.hasFailed)) return null;
    return this.#known.recall(this.service, statement);
  }

  /** What PostgreSQL has to know before it. */
  #ahead(text: string, at: string): string {
    const transaction = this.#transaction;
    let ahead = this.#end;
    this.#end = '';
    if (transaction !== null && transaction.text !== null) {
      ahead += `${transaction.text}; `;
      transaction.text = null;
    }
    const asked = this.#known.timeOf(text);
    if (asked.now && this.#time !== at) {
      ahead += `SET simulated.time = '${at}'; `;
      this.#time = at;
    }
    const began = transaction?.at ?? '';
    if (asked.began && this.#began !== began) {
      ahead += `SET simulated.began = '${began}'; `;
      this.#began = began;
    }
    return ahead;
  }

  #note(statement: pg.QueryConfig, result: pg.QueryResult | null, transaction: InHand | null): void {
    const { text } = statement;
    if (ENDS.test(text)) {
      // A setting that was made in it is gone with it.
      if (result?.command !== 'COMMIT') this.#forget();
      this.#over();
    } else {
      const hasDone = this.#known.ended(this, this.service, text, result, transaction === null);
      if (transaction !== null) {
        transaction.hasDone ||= hasDone || result === null;
        transaction.hasFailed = result === null;
        if (BACK.test(text)) this.#forget();
      }
      if (result !== null && (transaction === null || transaction.isPlain))
        this.#known.keep(this.service, statement, result);
    }
  }

  #over(): void {
    this.#transaction = null;
    this.#known.settled(this);
  }

  #forget(): void {
    this.#time = '';
    this.#began = UNKNOWN;
  }
}

/** Processes that stand still now. */
const standing = new Set<number>();

function goOn(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

// Who stands still for ever keeps its server from ending.
process.on('exit', () => standing.forEach(goOn));

/** Unlike any time, and unlike none. */
const UNKNOWN = 'unknown';
const DONE: Promise<void> = Promise.resolve();
const NOTHING: pg.QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] };
const ENDS = /^\s*(COMMIT|ROLLBACK)\b(?!\s+TO\b)/i;
const BACK = /^\s*ROLLBACK\s+TO\b/i;

/** Planned once for all runs. */
function named(statement: pg.QueryConfig): pg.QueryConfig {
  const { text, values } = statement;
  if (values === undefined && !/^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text)) return statement;
  let name = names.get(text);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(text, name);
  }
  return { ...statement, name };
}
