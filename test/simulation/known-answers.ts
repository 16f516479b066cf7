import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';

export interface Table {
  /** Tables of which rows go with a row of this one. */
  cascades: readonly string[];
  /** Whether the default of a column is a time. */
  isTimed: boolean;
}
export type Tables = ReadonlyMap<string, Table>;

/** What a statement does to the tables that it names. */
type Kind = 'asks' | 'locks' | 'writes';

/**
 * Answers that PostgreSQL has given and would give again: what was asked in the same words by the same role, depends on no time and
 * nothing that counts, and whose tables nobody has written since, or is about to. Of all that services ask, most is the same look
 * that finds the same nothing. `asksAgain`: PostgreSQL is asked all the same, and answers are compared.
 */
export class KnownAnswers {
  readonly asksAgain: boolean;
  /** Statements that PostgreSQL answered in another way. */
  readonly wrong: string[] = [];
  /** So many PostgreSQL was asked, so many were known. */
  readonly counts = { asked: 0, known: 0 };
  readonly #tables: Tables;
  readonly #answers = new Map<string, { result: pg.QueryResult; version: number }>();
  /** Grows with everything that is written to a table. */
  readonly #versions = new Map<string, number>();
  /** What a transaction has written that is not committed, by whoever is in it. */
  readonly #unsettled = new Map<object, Set<string>>();
  readonly #written = new Set<string>();
  readonly #described = new Map<string, Described>();
  /** Grows with everything that is written by others than sessions. */
  #epoch = 0;

  constructor(tables: Tables, asksAgain: boolean) {
    this.#tables = tables;
    this.asksAgain = asksAgain;
  }

  /** A run begins. Returns the tables that may have been written since the one before did. */
  reset(): string[] {
    this.#answers.clear();
    const written = [...this.#written];
    this.#written.clear();
    return written;
  }

  /** Somebody who has no session made a statement: everything may be different. */
  outside(text: string): void {
    this.#answers.clear();
    this.#epoch += 1;
    for (const name of describe(text, this.#tables).names) this.#written.add(name);
  }

  /** Null: PostgreSQL has to be asked. */
  recall(role: string, { text, values }: pg.QueryConfig): pg.QueryResult | null {
    const { isTimeless, names } = this.#describe(text, role);
    if (!isTimeless || this.#isUnsettled(names)) return null;
    const known = this.#answers.get(key(role, text, values));
    if (known === undefined || known.version !== this.#version(names)) return null;
    return { ...known.result, rows: structuredClone(known.result.rows) };
  }

  /** Keeps an answer that was given just now. */
  keep(role: string, { text, values }: pg.QueryConfig, result: pg.QueryResult): void {
    const { isTimeless, names } = this.#describe(text, role);
    if (!isTimeless || this.#isUnsettled(names)) return;
    this.#answers.set(key(role, text, values), {
      result: { ...result, rows: structuredClone(result.rows) },
      version: this.#version(names),
    });
  }

  /** Whether a statement depends on the time, and on that at which its transaction began. */
  timeOf(text: string): { now: boolean; began: boolean } {
    return this.#describe(text).time;
  }

  /** Whether a statement may have to wait for a lock of somebody else. */
  mayWait(text: string): boolean {
    return this.#describe(text).kind !== 'asks';
  }

  compare({ text }: pg.QueryConfig, known: pg.QueryResult, said: pg.QueryResult | null): void {
    if (!isDeepStrictEqual(known.rows, said?.rows)) this.wrong.push(text);
  }

  /** Notes that a statement has ended; says whether its transaction has done anything by it that others can see, or holds what others want. */
  ended(who: object, role: string, text: string, result: pg.QueryResult | null, isAlone: boolean): boolean {
    const { hasSteps, kind, locksInside, names } = this.#describe(text, role);
    if (kind === 'asks') return false;
    // What has found nothing has locked and changed nothing, but where a part of it may have.
    const foundNothing = result?.rowCount === 0 && !hasSteps && !locksInside;
    if (kind === 'locks') return !foundNothing;
    if (foundNothing) return false;
    this.#raise(names);
    if (!isAlone) {
      const its = this.#unsettled.get(who);
      if (its === undefined) this.#unsettled.set(who, new Set(names));
      else for (const name of names) its.add(name);
    }
    return true;
  }

  /** The transaction is over: committed or not, what it has written is other than it was. */
  settled(who: object): void {
    const names = this.#unsettled.get(who);
    if (names === undefined) return;
    this.#unsettled.delete(who);
    this.#raise([...names]);
  }

  #raise(names: readonly string[]): void {
    for (const name of names) {
      this.#versions.set(name, (this.#versions.get(name) ?? 0) + 1);
      this.#written.add(name.startsWith(`${OUTBOX} `) ? OUTBOX : name);
    }
  }

  /** Each only grows, so that the sum stands for all. */
  #version(names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.#versions.get(name) ?? 0), this.#epoch);
  }

  #isUnsettled(names: readonly string[]): boolean {
    for (const its of this.#unsettled.values()) if (names.some((name) => its.has(name))) return true;
    return false;
  }

  /** `role`: of whoever says it; left out: it does not matter whose rows are meant. */
  #describe(text: string, role = ''): Described {
    const said = `${role} ${text}`;
    let described = this.#described.get(said);
    if (described === undefined) {
      const { names, ...rest } = describe(text, this.#tables);
      described = {
        ...rest,
        names: names.map((name) => (name === OUTBOX ? `${OUTBOX} ${producerOf(role)}` : name)),
      };
      this.#described.set(said, described);
    }
    return described;
  }
}

/** Each service has rows of its own in it, and neither reads nor writes those of others. */
const OUTBOX = 'outbox';
/** Whose rows of it a role reads and writes: what staff plans under the role of the API, of which no task runs, leaves with what the sender has. */
const producerOf = (role: string): string => (role === 'api' ? 'sender' : role);

interface Described {
  kind: Kind;
  /** The same wherever nothing was written to its tables. */
  isTimeless: boolean;
  /** Tables that are named in it: it touches no others, but by cascades. */
  names: readonly string[];
  /** Several steps are in it: the number of rows is that of the last. */
  hasSteps: boolean;
  /** It may lock other rows than it has found: within, those in its way, or after waiting for one that has become another. */
  locksInside: boolean;
  time: { now: boolean; began: boolean };
}

const LOCKS = /\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b/gi;
const LOCKS_WHAT_IT_FINDS =
  /^(?!.*\bFOR\b.*\bFOR\b).*\bFOR\s+(NO\s+KEY\s+)?UPDATE(\s+OF\s+[\w, ]+)?\s+SKIP\s+LOCKED\s*$/is;
const WRITES = /\b(INSERT|UPDATE|DELETE|MERGE|TRUNCATE|COPY)\b/i;
/** Time, numbers that count, what chance decides, settings, and PostgreSQL's own tables; a lock shared by all is none. */
const PASSING =
  /\b(now|\w+_timestamp|timeofday|age|random\w*|gen_random\w*|uuidv\d|(next|curr|last|set)val|set_config|txid\w*)\s*\(|\b(current_\w+|localtime\w*|pg_(?!advisory_xact_lock_shared\b)\w+)\b/i;
/** Such a lock would be one: no service of the simulation takes it. */
const ALONE = /\bpg_(try_)?advisory_(xact_)?lock\b/i;

function describe(text: string, tables: Tables): Described {
  if (ALONE.test(text)) throw new Error(`the simulation does not know locks of this kind: ${text}`);
  const isQuery = /^\s*(SELECT|WITH)\b/i.test(text);
  const withoutLocks = text.replace(LOCKS, '');
  const kind: Kind =
    isQuery && !WRITES.test(withoutLocks)
      ? withoutLocks === text
        ? 'asks'
        : 'locks'
      : /^\s*(SET LOCAL|SAVEPOINT|RELEASE)\b/i.test(text)
        ? 'asks'
        : 'writes';
  const words = new Set(text.toLowerCase().match(/[a-z_][a-z0-9_]*/g) ?? []);
  const named = [...tables.keys()].filter((table) => words.has(table));
  const began =
    /\b(now|statement_timestamp|transaction_timestamp)\(\)/i.test(text) ||
    (/\bINSERT\b/i.test(text) && named.some((name) => tables.get(name)?.isTimed));
  return {
    kind,
    time: { now: began || /\bclock_timestamp\(\)/i.test(text), began },
    isTimeless: kind === 'asks' && isQuery && !PASSING.test(text),
    names: /\bDELETE\b/i.test(text) ? withCascades(named, tables) : named,
    locksInside: (withoutLocks !== text && !LOCKS_WHAT_IT_FINDS.test(text)) || /\bDO\s+UPDATE\b/i.test(text),
    hasSteps: /^\s*WITH\b/i.test(text),
  };
}

function withCascades(named: readonly string[], tables: Tables): string[] {
  const all = new Set(named);
  // What is added on the way is looked at as well.
  for (const name of all) for (const other of tables.get(name)?.cascades ?? []) all.add(other);
  return [...all];
}

const key = (role: string, text: string, values: unknown[] | undefined): string =>
  `${role}\n${text}\n${JSON.stringify(values ?? [])}`;
