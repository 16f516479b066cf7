import twilio from 'twilio';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { Connection, Exchange } from './request-client.ts';

/**
 * Asks the carrier for `what`. Any failure to get a readable answer means the same to whoever asks: rejects with a
 * CarillonError `unavailable`, with `retryAfterMs` where the carrier says when to come back.
 */
export async function asking<T>(
  { client, http }: Connection,
  what: string,
  signal: AbortSignal,
  question: (client: Connection['client']) => Promise<T>,
): Promise<T> {
  const exchange: Exchange = { signal, answer: null };
  try {
    return await http.within(exchange, () => question(client));
  } catch (error) {
    const { answer } = exchange;
    throw new CarillonError(
      'unavailable',
      `the carrier cannot be asked for ${what}: ${answer ? `HTTP ${answer.status}: ` : ''}${messageOf(error)}`,
      { cause: error, retryAfterMs: answer?.retryAfterMs ?? null },
    );
  }
}

/** What was deleted at the carrier is not there any more. */
export function nullIfGone(error: unknown): null {
  if (error instanceof twilio.RestException && error.status === 404) return null;
  throw error;
}
