import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '#shared/redis/client.ts';

/** Whether a caller may go on, and what to tell them of their limit. */
export interface RateVerdict {
  allowed: boolean;
  retryAfterSeconds: number;
  /** https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
  headers: Readonly<Record<string, string>>;
}

/** Counts a request of one caller. Never rejects: a limit that cannot be counted together is counted here. */
export type RateLimit = (caller: string) => Promise<RateVerdict>;

const WINDOW_SECONDS = 60;

/**
 * So many requests a minute and caller, counted in Redis by all tasks together. While Redis is away every task counts for
 * itself and allows its share, `perMinute / tasks`: fewer than the limit, never more.
 */
export function sharedRateLimit(
  redis: RedisClient,
  { perMinute, tasks }: { perMinute: number; tasks: number },
): RateLimit {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: 'api-rate',
    points: perMinute,
    duration: WINDOW_SECONDS,
    insuranceLimiter: new RateLimiterMemory({
      points: Math.max(1, Math.floor(perMinute / tasks)),
      duration: WINDOW_SECONDS,
    }),
  });
  return async (caller) => {
    try {
      return verdictOf(await limiter.consume(caller), perMinute, true);
    } catch (refused) {
      // The library throws its answer when there is nothing left.
      if (refused instanceof RateLimiterRes) return verdictOf(refused, perMinute, false);
      throw refused;
    }
  };
}

function verdictOf(answer: RateLimiterRes, perMinute: number, allowed: boolean): RateVerdict {
  const seconds = Math.max(1, Math.ceil(answer.msBeforeNext / 1_000));
  return {
    allowed,
    retryAfterSeconds: seconds,
    headers: {
      'ratelimit-policy': `"minute";q=${perMinute};w=${WINDOW_SECONDS}`,
      ratelimit: `"minute";r=${Math.max(0, answer.remainingPoints)};t=${seconds}`,
    },
  };
}
