import type { Channel } from '#shared/compliance/touch.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { isPhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type Next, nextOf } from './claim-rules.ts';
import { readPhoneWork } from './phone-work.ts';

/** Why a message failed whose phone or sender number is none: no carrier could take it. */
const RULE = 'invalid_number';

/**
 * What each of these locked phones has to do next (see `nextOf`). A message that would be next but has an invalid
 * number fails here, so that it stops neither its phone nor the others of its claim.
 */
export async function nextSendable(
  tx: Transaction,
  phones: readonly string[],
  now: Date,
  channel: Channel,
  pseudonyms: Pseudonyms,
): Promise<Map<string, Next>> {
  for (;;) {
    const work = await readPhoneWork(tx, phones, now, channel, pseudonyms);
    const next = new Map<string, Next>();
    const invalid: string[] = [];
    for (const phone of phones) {
      const known = work.get(phone);
      const each: Next = known ? nextOf(known) : { kind: 'nothing' };
      next.set(phone, each);
      if (each.kind === 'send' && !sendable(each.message.phoneNumber, each.message.senderNumber)) {
        invalid.push(each.message.messageId);
      }
    }
    if (invalid.length === 0) return next;
    await tx.query(
      `UPDATE message SET state = 'failed', rule = $2, due_at = NULL, settled_at = clock_timestamp()
        WHERE message_id = ANY ($1)`,
      [invalid, RULE],
    );
  }
}

/** Fails everything unsent of those of these locked phones whose number is invalid. Returns the others. */
export async function failInvalidPhones(tx: Transaction, phones: readonly string[]): Promise<string[]> {
  const invalid = phones.filter((phone) => !isPhoneNumber(phone));
  if (invalid.length === 0) return [...phones];
  await tx.query(
    `UPDATE message SET state = 'failed', rule = $2, due_at = NULL, settled_at = clock_timestamp()
      WHERE phone_number = ANY ($1) AND state IN ('queued', 'held')`,
    [invalid, RULE],
  );
  return phones.filter(isPhoneNumber);
}

/** Fails the message of an ambiguous attempt with an invalid number, which no carrier can have taken. Idempotent. */
export async function failInvalidAttempt(tx: Transaction, attemptId: string): Promise<void> {
  await tx.query(
    `WITH settled AS (
       UPDATE attempt SET state = 'not_sent', ended_at = clock_timestamp(), next_look_at = NULL
        WHERE attempt_id = $1 AND state = 'ambiguous'
       RETURNING message_id)
     UPDATE message SET state = 'failed', rule = $2, settled_at = clock_timestamp()
       FROM settled
      WHERE message.message_id = settled.message_id AND message.state IN ('posting', 'ambiguous')`,
    [attemptId, RULE],
  );
}

export const sendable = (phone: string, sender: string): boolean =>
  isPhoneNumber(phone) && isPhoneNumber(sender);
