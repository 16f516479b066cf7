import type { ConsentChange } from '#shared/api-client/api-types.ts';

type Reason = NonNullable<ConsentChange['reversalReason']>;

/**
 * For which reason a change may have been no revocation: the one that fits how it was recorded (docs/consent.md). Whether it
 * does the API says.
 */
export function reasonThatFits({ actor, method }: Pick<ConsentChange, 'actor' | 'method'>): Reason {
  if (method === 'import') return 'import_fault';
  return actor === null ? 'misread_text' : 'clerical_error';
}
