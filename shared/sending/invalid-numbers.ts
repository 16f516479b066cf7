import type { Channel } from '#shared/compliance/touch.ts';
import { isPhoneNumber } from '#shared/phone/phone-number.ts';
import { isSenderAddress } from '#shared/phone/sender-address.ts';
import { isInOneForm } from '#shared/phone/valid-phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Why a message failed whose phone or sender number is none: no carrier could take it. */
const RULE = 'invalid_number';

/** Fails messages that cannot go because a number of theirs is none. */
export async function failInvalidMessages(tx: Transaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await tx.query(
    `UPDATE message SET state = 'failed', rule = $2, due_at = NULL, settled_at = clock_timestamp()
      WHERE message_id = ANY ($1)`,
    [messageIds, RULE],
  );
}

/** Fails everything unsent of those of these locked phones whose number is invalid. Returns the others. */
export async function failInvalidPhones(tx: Transaction, phones: readonly string[]): Promise<string[]> {
  const invalid = phones.filter((phone) => !isInOneForm(phone));
  if (invalid.length === 0) return [...phones];
  await tx.query(
    `UPDATE message SET state = 'failed', rule = $2, due_at = NULL, settled_at = clock_timestamp()
      WHERE phone_number = ANY ($1) AND state IN ('queued', 'held')`,
    [invalid, RULE],
  );
  return phones.filter(isInOneForm);
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

/** Calls go from numbers, texts also from numbers on WhatsApp. */
export const sendable = (phone: string, sender: string, channel: Channel): boolean =>
  isInOneForm(phone) && (channel === 'voice' ? isPhoneNumber(sender) : isSenderAddress(sender));
