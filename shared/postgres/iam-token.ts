import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';

/**
 * A token may be used for 15 minutes to log in; sessions live on after it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html
 * It is given out for ten, so that none expires on its way, however slow the connection is.
 */
const GIVEN_OUT_MS = 10 * 60_000;

/**
 * Passwords of database connections that are IAM tokens: one is signed when the first connection needs it and given to
 * all that follow, until it has to be replaced. Rejects with `unavailable` when none can be signed now (credentials of
 * the task cannot be had); the next connection tries again.
 */
export function iamTokens(parts: {
  /** Signs a token, with the credentials of the task. */
  sign(): Promise<string>;
  clock: Pick<Clock, 'monotonic'>;
}): () => Promise<string> {
  let current: { token: Promise<string>; signedAt: number } | null = null;
  return async () => {
    const now = parts.clock.monotonic();
    if (current === null || now - current.signedAt >= GIVEN_OUT_MS) {
      current = { token: parts.sign(), signedAt: now };
    }
    const mine = current;
    try {
      return await mine.token;
    } catch (error) {
      if (current === mine) current = null;
      throw new CarillonError('unavailable', `no IAM token for the database: ${messageOf(error)}`, {
        cause: error,
      });
    }
  };
}
