import type { SendOutcome } from '../carrier.ts';
import type { ErrorRule } from '../errors.ts';
import { describe, neverConnected } from '../never-connected.ts';
import { httpErrorCode } from './error-table.ts';
import type { Exchange } from './request-client.ts';

/** What the client says of a message that it believes to have created; read from outside, so nothing is certain. */
export interface CreatedMessage {
  sid?: unknown;
  status?: unknown;
  numSegments?: unknown;
}

/**
 * The outcome of a request that the client took for answered. Without an id of the message the answer says nothing:
 * the message may exist.
 */
export function outcomeOfAnswer(message: CreatedMessage): SendOutcome {
  const { sid, status, numSegments } = message;
  if (typeof sid !== 'string' || sid === '') {
    return { kind: 'ambiguous', reason: 'the answer names no message' };
  }
  const segments = Number(numSegments);
  return {
    kind: 'accepted',
    carrierMessageId: sid,
    status: typeof status === 'string' && status !== '' ? status : 'unknown',
    // A messaging service answers 0: it has not split the message yet.
    segments: Number.isInteger(segments) && segments > 0 ? segments : null,
  };
}

/**
 * The outcome of a request that the client gave up on. Decided by what is known of the answer first, then by whether
 * a connection was ever made. Whatever fits no rule is ambiguous: that costs a look at the carrier's list, while the
 * opposite mistake would send twice.
 */
export function outcomeOfError(
  error: unknown,
  exchange: Exchange,
  classify: (code: string) => ErrorRule,
): SendOutcome {
  const { answer } = exchange;
  if (answer === null) {
    return neverConnected(error)
      ? { kind: 'not_sent', reason: describe(error) }
      : { kind: 'ambiguous', reason: describe(error) };
  }
  if (answer.status === 429) return { kind: 'throttled', retryAfterMs: answer.retryAfterMs };
  // 408: a proxy on the way gave up waiting, which says nothing about the carrier.
  if (answer.status < 400 || answer.status >= 500 || answer.status === 408) {
    return { kind: 'ambiguous', reason: `answered with HTTP ${answer.status}` };
  }
  const errorCode = carrierCode(error) ?? httpErrorCode(answer.status);
  return {
    kind: 'refused',
    errorCode,
    class: classify(errorCode).class,
    message: error instanceof Error ? error.message : `answered with HTTP ${answer.status}`,
  };
}

/** The carrier's own error code on an error of the client. */
function carrierCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const { code } = error;
  return typeof code === 'number' && code > 0 ? String(code) : null;
}
