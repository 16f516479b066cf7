import type { Logger } from '#shared/logger.ts';
import { isStatementTimeout } from '#shared/postgres/pool.ts';
import { SPAN_MS } from './count-rows.ts';

/** Shorter than this a span does not become, in ms: what takes too long even so is no matter of how much there is. */
export const LEAST_SPAN_MS = 50;

/**
 * Counts span by span. One that has more rows than a statement has time for would have them the next time as well: the span is
 * halved until it passes (`too_long`: try again at once), and whole again once all is counted. Other errors are rejected with.
 */
export function inSpans<T extends { more: boolean }>(
  count: (spanMs: number) => Promise<T | null>,
  logger: Pick<Logger, 'warn'>,
): () => Promise<T | null | 'too_long'> {
  let spanMs = SPAN_MS;
  return async () => {
    try {
      const done = await count(spanMs);
      if (done !== null && !done.more) spanMs = SPAN_MS;
      return done;
    } catch (error) {
      if (!isStatementTimeout(error) || spanMs <= LEAST_SPAN_MS) throw error;
      spanMs = Math.max(LEAST_SPAN_MS, spanMs / 2);
      logger.warn(
        { spanMs },
        'operating figures: too many rows for one statement, fewer are counted at once',
      );
      return 'too_long';
    }
  };
}
