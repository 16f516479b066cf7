import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Logger } from '#shared/logger.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { unitsOfText } from '#shared/senders/units.ts';
import type { SendingChannel } from './channel.ts';

/** In one transaction. */
const BATCH = 50;
/** How long carriers still tell what became of a message, in days: 72 hours at most, and repeated for a day. */
const TOLD_WITHIN_DAYS = 5;

interface Told {
  attempt_id: string;
  carrier: CarrierName;
  carrier_message_id: string;
  status: string | null;
  error_code: string | null;
  message_id: string;
  phone_number: string;
  sender_number: string;
  body: string;
  media_urls: string[];
}

/**
 * Settles requests that ended as `unknown`, of which a status that carried their own id has come since: the carrier had taken
 * them. Nothing is sent for it, and nothing more waits for it. Returns how many. Every task may call it. `now`: business
 * time.
 */
export function settleUnknown({
  logger,
  now,
  pool,
  via,
}: {
  pool: Pool;
  via: SendingChannel;
  logger: Logger;
  now: Date;
}): Promise<number> {
  return inTransaction(pool, async (tx) => {
    const { rows: found } = await tx.query<{ phone_number: string }>(
      `SELECT DISTINCT attempt.phone_number FROM attempt
         JOIN message_log ON message_log.attempt_id = attempt.attempt_id AND message_log.carrier_message_id IS NOT NULL
        WHERE attempt.state = 'unknown' AND attempt.channel = $1
          AND attempt.posted_at > clock_timestamp() - $2 * interval '1 day'
        LIMIT $3`,
      [via.channel, TOLD_WITHIN_DAYS, BATCH],
    );
    if (found.length === 0) return 0;
    const phones = await lockKnownPhones(
      tx,
      found.map(({ phone_number }) => phone_number),
    );
    const { rows: told } = await tx.query<Told>(
      `WITH told AS (
         SELECT DISTINCT ON (attempt.attempt_id) attempt.attempt_id, message_log.carrier_message_id, message_log.status,
                message_log.error_code
           FROM attempt
           JOIN message_log ON message_log.attempt_id = attempt.attempt_id AND message_log.carrier_message_id IS NOT NULL
          WHERE attempt.phone_number = ANY ($1) AND attempt.state = 'unknown' AND attempt.channel = $2
          ORDER BY attempt.attempt_id, message_log.status_rank DESC),
       settled AS (
         UPDATE attempt
            SET state = 'accepted', carrier_message_id = told.carrier_message_id, error_code = told.error_code
           FROM told
          WHERE attempt.attempt_id = told.attempt_id AND attempt.state = 'unknown'
         RETURNING attempt.attempt_id, attempt.message_id, attempt.carrier, told.carrier_message_id, told.status,
                   told.error_code)
       UPDATE message SET state = 'sent', rule = NULL
         FROM settled
        WHERE message.message_id = settled.message_id AND message.state = 'unknown'
       RETURNING settled.attempt_id, settled.carrier, settled.carrier_message_id, settled.status, settled.error_code,
                 message.message_id, message.phone_number, message.sender_number, message.body, message.media_urls`,
      [phones, via.channel],
    );
    const entries = told.map((row) =>
      via.logEntry(
        {
          attemptId: row.attempt_id,
          message: {
            messageId: row.message_id,
            phoneNumber: row.phone_number,
            senderNumber: row.sender_number,
            body: row.body,
            mediaUrls: row.media_urls,
          },
        },
        row.carrier,
        {
          carrierMessageId: row.carrier_message_id,
          status: row.status ?? 'unknown',
          errorCode: row.error_code,
          segments: null,
        },
        now,
      ),
    );
    await writeSlotOutbox(tx, via.producer, entries);
    const taken = told.map(({ attempt_id, body, sender_number }) => ({
      attemptId: attempt_id,
      senderNumber: sender_number,
      segments: unitsOfText(sender_number, body),
    }));
    await via.noteTaken(tx, taken, now);
    if (told.length > 0) logger.info({ settled: told.length }, 'unknown requests turned out to be taken');
    return told.length;
  });
}
