import { createHash } from 'node:crypto';
import type { RedisClient } from '#shared/redis/client.ts';
import type { BucketLimit, PacedRequest } from './buckets.ts';

/**
 * `takeTokens` as a script, which Redis runs as one step: KEYS are the buckets, ARGV[1] what is asked, as JSON; ARGV[2] the
 * time in ms, or nothing for that of the server, which all tasks share. A bucket that nobody asked for a day is full anyway.
 */
const SCRIPT = `
local asked = cjson.decode(ARGV[1])
local now = tonumber(ARGV[2])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local level, at, behind = {}, {}, {}
for i, limit in ipairs(asked.limits) do
  local kept = redis.call('HMGET', KEYS[i], 'level', 'at')
  if kept[1] then
    at[i] = tonumber(kept[2])
    level[i] = math.min(limit.capacity, tonumber(kept[1]) + math.max(0, now - at[i]) / 1000 * limit.rate)
    at[i] = math.max(at[i], now)
  else
    level[i] = limit.reserve
    at[i] = now
  end
  behind[i] = 0
end
for _, unused in ipairs(asked.back) do
  for _, i in ipairs(unused.limits) do
    level[i] = math.min(asked.limits[i].capacity, level[i] + unused.cost)
  end
end
local waits = {}
for place, wanted in ipairs(asked.requests) do
  local wait = 0
  for _, i in ipairs(wanted.limits) do
    local limit = asked.limits[i]
    local needed = 1
    if wanted.planned then needed = 1 + limit.reserve end
    local lacking = needed - 0.000001 - level[i]
    if lacking > 0 then wait = math.max(wait, (lacking + behind[i]) / limit.rate * 1000) end
  end
  for _, i in ipairs(wanted.limits) do
    if wait == 0 then level[i] = level[i] - wanted.cost else behind[i] = behind[i] + wanted.cost end
  end
  waits[place] = math.ceil(wait)
end
for i = 1, #asked.limits do
  redis.call('HSET', KEYS[i], 'level', string.format('%.9f', level[i]), 'at', string.format('%.0f', at[i]))
  redis.call('PEXPIRE', KEYS[i], 86400000)
end
return waits
`;
const SHA = createHash('sha1').update(SCRIPT).digest('hex');

/**
 * Takes tokens for all requests, in one call for each account: the buckets of an account have a hash tag of their own, and a
 * cluster refuses a script about keys of two. See `takeTokens`. Rejects when Redis is away. `now` is for tests.
 */
export async function takeFromRedis(
  redis: RedisClient,
  requests: readonly PacedRequest[],
  back: readonly PacedRequest[],
  now: number | null = null,
): Promise<number[]> {
  const accounts = Map.groupBy(requests.entries(), ([, request]) => tagOf(request));
  const returned = Map.groupBy(back, tagOf);
  const waits = new Array<number>(requests.length).fill(0);
  await Promise.all(
    [...new Set([...accounts.keys(), ...returned.keys()])].map(async (tag) => {
      // What nothing limits needs no bucket.
      if (tag === null) return;
      const ofAccount = accounts.get(tag) ?? [];
      const found = await takeOfAccount(
        redis,
        ofAccount.map(([, request]) => request),
        returned.get(tag) ?? [],
        now,
      );
      for (const [index, [place]] of ofAccount.entries()) waits[place] = found[index] ?? 0;
    }),
  );
  return waits;
}

/** The hash tag of a request's buckets; null: it has none. Throws where they have two: no request is of two accounts. */
function tagOf({ limits }: PacedRequest): string | null {
  const tags = new Set(limits.map(({ key }) => /\{([^}]+)\}/.exec(key)?.[1] ?? key));
  if (tags.size > 1) throw new Error(`one message has buckets of ${[...tags].join(' and ')}`);
  return [...tags][0] ?? null;
}

async function takeOfAccount(
  redis: RedisClient,
  requests: readonly PacedRequest[],
  back: readonly PacedRequest[],
  now: number | null,
): Promise<number[]> {
  const limits = new Map<string, { limit: BucketLimit; place: number }>();
  const placesOf = ({ limits: named }: PacedRequest): number[] =>
    named.map((limit) => {
      const known = limits.get(limit.key) ?? { limit, place: limits.size + 1 };
      limits.set(limit.key, known);
      return known.place;
    });
  const asked = {
    requests: requests.map((each) => ({
      cost: each.cost,
      planned: each.lane !== 'replies',
      limits: placesOf(each),
    })),
    back: back.map((each) => ({ cost: each.cost, limits: placesOf(each) })),
    limits: [...limits.values()].map(({ limit: { capacity, rate, reserve } }) => ({
      capacity,
      rate,
      reserve,
    })),
  };
  const keys = [...limits.keys()];
  const values = [JSON.stringify(asked), now === null ? '' : String(now)];
  return numbersOf(await evaluate(redis, keys, values));
}

/** By the hash of the script; where the server has forgotten it, with its text. */
async function evaluate(redis: RedisClient, keys: string[], values: string[]): Promise<unknown> {
  try {
    return await redis.evalsha(SHA, keys.length, ...keys, ...values);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(SCRIPT, keys.length, ...keys, ...values);
  }
}

function numbersOf(answer: unknown): number[] {
  if (!Array.isArray(answer) || !answer.every((each) => typeof each === 'number')) {
    throw new Error('the script of the buckets answered what it does not answer');
  }
  return answer;
}
