import { uuidOrNull } from '../readable.ts';

/** Our own ids as the reference that Vonage hands back with every status: 73 of the 100 characters that it takes. */
export const clientRefOf = (ids: { attemptId: string; messageId: string }): string =>
  `${ids.attemptId}:${ids.messageId}`;

/** Our ids in a reference; nulls: it is not one of ours. */
export function idsOf(clientRef: unknown): { attemptId: string | null; messageId: string | null } {
  const [attempt, message, ...more] = typeof clientRef === 'string' ? clientRef.split(':') : [];
  const attemptId = uuidOrNull(attempt);
  const messageId = uuidOrNull(message);
  return attemptId === null || messageId === null || more.length > 0
    ? { attemptId: null, messageId: null }
    : { attemptId, messageId };
}
