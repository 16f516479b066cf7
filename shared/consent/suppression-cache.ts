import type { Clock } from '#shared/clock.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Logger } from '#shared/logger.ts';
import { slotOf } from '#shared/outbox/write.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import type { RedisClient } from '#shared/redis/client.ts';

/**
 * The suppression list in Redis, for planning in bulk: who of a hundred thousand contacts gets nothing. Never asked by a
 * claim: what is sent is decided by PostgreSQL.
 *
 * One key per phone, which holds one of
 * - an answer: `A` and the scopes that block, none for somebody who is not suppressed. Kept for some minutes;
 * - a lease: `L` and the token of the one reader that may write the answer, having found nothing here;
 * - a change in progress: `D` and the token of its writer. Readers ask PostgreSQL, and write nothing.
 *
 * A reader takes its lease before it reads PostgreSQL. A writer puts its mark over whatever stands there, lease
 * included, before it commits, and takes the mark away afterwards. So an answer that was read before the commit finds
 * its lease gone and is not written. The mark of a writer that died expires after its transaction has ended. A key that
 * Redis lost is a lease that was lost: tokens are never used again.
 */
export interface SuppressionCacheParts {
  redis: RedisClient;
  clock: Clock;
  logger: Logger;
  pseudonyms: Pseudonyms;
  /** Tells environments apart that share a Redis. */
  prefix?: string;
  /** How long an answer is kept, in ms: how stale it can be where a writer could not reach Redis and a reader can. */
  answerMs?: number;
  /** How long the mark of a writer stays when nobody takes it away, in ms: longer than any transaction. */
  markMs?: number;
}

const ANSWER_MS = 300_000;
const LEASE_MS = 10_000;
/** Statements end after 6 s and idle transactions after 5 s: after this one has certainly ended. */
const MARK_MS = 60_000;
/** Redis that does not answer within this is taken for gone: PostgreSQL is asked instead, and no STOP waits. */
const PATIENCE_MS = 250;

/** Per key: what stands there, or "M" with a lease for the caller, or "B" where PostgreSQL is to be asked without one. */
const LOOK = `
local found = {}
for i, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  if not value then
    redis.call('SET', key, 'L' .. ARGV[1], 'PX', ARGV[2])
    found[i] = 'M'
  elseif string.sub(value, 1, 1) == 'A' then
    found[i] = value
  else
    found[i] = 'B'
  end
end
return found`;

/** Writes answers where the lease is still the caller's. */
const FILL = `
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == 'L' .. ARGV[1] then
    redis.call('SET', key, ARGV[i + 2], 'PX', ARGV[2])
  end
end`;

const MARK = `for _, key in ipairs(KEYS) do redis.call('SET', key, 'D' .. ARGV[1], 'PX', ARGV[2]) end`;

/** Takes away the caller's mark, and anything that a reader wrote after Redis had lost it; not the mark of another. */
const UNMARK = `
for _, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  if value and (string.sub(value, 1, 1) ~= 'D' or value == 'D' .. ARGV[1]) then redis.call('DEL', key) end
end`;

/** By phone, the scopes in which it is suppressed; none: it is not. */
export type SuppressedScopes = ReadonlyMap<string, readonly string[]>;

export class SuppressionCache {
  readonly #parts: SuppressionCacheParts;

  constructor(parts: SuppressionCacheParts) {
    this.#parts = parts;
  }

  /**
   * The scopes in which each of these phones is suppressed. One call to Redis, at most one to PostgreSQL and one more to
   * Redis for a batch of any size. Without Redis PostgreSQL answers alone; without PostgreSQL this rejects, unless Redis
   * knows all: a phone that nobody knows about is never taken for one that may be written to.
   */
  async read(db: Queryable, phones: readonly string[]): Promise<SuppressedScopes> {
    const token = this.#parts.clock.newId();
    const answers = new Map<string, readonly string[]>();
    const leased: string[] = [];
    const unknown: string[] = [];
    const looked = await this.#look(phones, token);
    for (const phone of phones) {
      const value = looked.get(phone) ?? 'B';
      if (value.startsWith('A')) answers.set(phone, value === 'A' ? [] : value.slice(1).split(' '));
      else {
        unknown.push(phone);
        if (value === 'M') leased.push(phone);
      }
    }
    if (unknown.length === 0) return answers;
    for (const [phone, scopes] of await readScopes(db, unknown, this.#parts.pseudonyms))
      answers.set(phone, scopes);
    if (leased.length > 0) await this.#fill(leased, answers, token);
    return answers;
  }

  /**
   * To be awaited by whoever changes suppressions, before the commit and with the phones' rows locked. Returns what is to
   * be called after the commit; where that never happens, the marks expire. Neither rejects: a STOP does not depend on
   * Redis.
   */
  async changing(phones: readonly string[]): Promise<() => Promise<void>> {
    const { clock, markMs = MARK_MS } = this.#parts;
    const token = clock.newId();
    await this.#attempt(() => this.#run(MARK, phones, () => [token, String(markMs)]));
    return async () => {
      await this.#attempt(() => this.#run(UNMARK, phones, () => [token]));
    };
  }

  async #look(phones: readonly string[], token: string): Promise<ReadonlyMap<string, string>> {
    const found = await this.#attempt(() => this.#run(LOOK, phones, () => [token, String(LEASE_MS)]));
    return found ?? new Map();
  }

  async #fill(phones: readonly string[], answers: SuppressedScopes, token: string): Promise<void> {
    const { answerMs = ANSWER_MS } = this.#parts;
    const written = (phone: string): string => `A${(answers.get(phone) ?? []).join(' ')}`;
    await this.#attempt(() =>
      this.#run(FILL, phones, (some) => [token, String(answerMs), ...some.map(written)]),
    );
  }

  /** Null when Redis failed or did not answer in time: everybody can go on without it. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | null> {
    const { clock, logger } = this.#parts;
    const answered = new AbortController();
    const late = clock
      .sleep(PATIENCE_MS, answered.signal)
      .then(() => Promise.reject(new Error('redis did not answer in time')));
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      logger.debug({ err: error }, 'the suppression cache is away');
      return null;
    } finally {
      // The loser of the race ends without being heard.
      late.catch(() => undefined);
      answered.abort();
    }
  }

  /** Runs a script over the keys of these phones: one round trip, one call per hash tag, as a cluster asks for. */
  async #run(
    script: string,
    phones: readonly string[],
    argumentsFor: (some: readonly string[]) => readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const { redis, prefix = 'carillon' } = this.#parts;
    const groups = [...Map.groupBy(new Set(phones), slotOf)];
    // Sent in one go: they leave on one connection, or on one per node of a cluster, before any answer is awaited.
    const replies = await Promise.all(
      groups.map(([slot, some]) => {
        const keys = some.map((phone) => `${prefix}:suppression:{${slot}}:${phone}`);
        return redis.eval(script, keys.length, ...keys, ...argumentsFor(some));
      }),
    );
    const values = new Map<string, string>();
    for (const [index, [, some]] of groups.entries()) {
      const found: unknown = replies[index];
      if (!Array.isArray(found)) continue;
      for (const [at, phone] of some.entries()) values.set(phone, String(found[at]));
    }
    return values;
  }
}

/** As PostgreSQL has it now. Every phone has an entry. */
async function readScopes(
  db: Queryable,
  phones: readonly string[],
  pseudonyms: Pseudonyms,
): Promise<SuppressedScopes> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await db.query<{ phone_number: string; scopes: string[] }>(
    `SELECT named.phone_number, array_agg(DISTINCT scope ORDER BY scope) AS scopes
       FROM unnest($1::text[], $2::text[]) AS named(phone_number, name)
       JOIN suppression ON suppression.phone_number = named.name
      GROUP BY named.phone_number`,
    [known.phones, known.names],
  );
  const found = new Map<string, readonly string[]>(phones.map((phone) => [phone, []]));
  for (const { phone_number, scopes } of rows) found.set(phone_number, scopes);
  return found;
}
