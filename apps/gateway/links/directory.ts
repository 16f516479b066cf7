import { LRUCache } from 'lru-cache';
import { CarillonError } from '#shared/errors.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** Where a short link leads. */
export interface Link {
  /** Null: nowhere any more; the person was erased. */
  url: string | null;
  /** When the newest request to a carrier for a text with it began (database's time); null: none has. */
  postedAt: Date | null;
}

/** Links that a task remembers, the newest asked for: some ten megabytes. */
const KEPT = 50_000;
/** For how long, in ms: an erasure reaches everybody within it. */
const KEPT_MS = 5 * 60_000;
/** Links of one statement. */
const AT_ONCE = 500;
/** Requests that wait for the database. Beyond that they are refused at once: memory stays bounded. */
const MOST_WAITING = 5_000;

interface Row {
  token: string;
  url: string | null;
  posted_at: Date | null;
}

interface Waiting {
  resolve(link: Link | null): void;
  reject(error: unknown): void;
}

/**
 * Finds where links lead: in memory, else in PostgreSQL by their key, one statement for all that are asked for while the
 * last one was under way. Each recipient has links of their own, so most are asked for once or twice: a cache that tasks
 * share would be a second copy of the table and would be asked as often.
 */
export class LinkDirectory {
  readonly #pool: Pool;
  readonly #kept = new LRUCache<string, Link>({ max: KEPT, ttl: KEPT_MS });
  #waiting = new Map<string, Waiting[]>();
  #count = 0;
  #reading = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Null: there is no such link. Rejects with `unavailable`, or what failed, when it cannot be known now. */
  find(token: string): Promise<Link | null> {
    const kept = this.#kept.get(token);
    if (kept !== undefined) return Promise.resolve(kept);
    if (this.#count >= MOST_WAITING) {
      return Promise.reject(new CarillonError('unavailable', 'too many links are being looked up'));
    }
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(token) ?? [];
      waiting.push({ resolve, reject });
      this.#waiting.set(token, waiting);
      this.#count += 1;
      if (!this.#reading) void this.#read();
    });
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, AT_ONCE);
      for (const [token] of batch) this.#waiting.delete(token);
      try {
        const found = await this.#readThese(batch.map(([token]) => token));
        for (const [token, waiting] of batch) {
          for (const { resolve } of waiting) resolve(found.get(token) ?? null);
        }
      } catch (error) {
        // Whoever asked decides what to say; the next batch is another try.
        for (const [, waiting] of batch) for (const { reject } of waiting) reject(error);
      }
      this.#count -= batch.reduce((sum, [, waiting]) => sum + waiting.length, 0);
    }
    this.#reading = false;
  }

  async #readThese(tokens: readonly string[]): Promise<Map<string, Link>> {
    const { rows } = await this.#pool.query<Row>({
      name: 'short-links',
      text: `SELECT token, url, (SELECT max(posted_at) FROM attempt WHERE attempt.message_id = short_link.message_id) AS posted_at
               FROM short_link WHERE token = ANY ($1)`,
      values: [tokens],
    });
    const found = new Map<string, Link>();
    for (const { posted_at: postedAt, token, url } of rows) {
      const link = { url, postedAt };
      found.set(token, link);
      // When its text goes is yet to be known.
      if (postedAt !== null) this.#kept.set(token, link);
    }
    return found;
  }
}
