import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { messagesFor } from '#shared/dialog/messages.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { QueuedText } from '../sender/sqs-consumer-sender.ts';
import { readStream } from './read-stream.ts';
import type { NaiveTask, Stop } from './task.ts';

/**
 * The messages that events cause, worded as the product words them: a row and a SendMessage for each, in the group of its phone,
 * with its id to recognise a repetition by.
 */
export function startOutbound(
  task: NaiveTask,
  programme: Programme,
  parts: { kinesis: KinesisClient; sqs: SQSClient; pool: Pool; fail: (error: unknown) => void },
): Promise<Stop> {
  const { fail, kinesis, pool, sqs } = parts;
  const words = {
    defaultSender: phoneNumber(task.ourNumber),
    organisation: programme.company,
    contact: programme.contact,
    carrierAnswersKeywords: false,
  };
  const handle = async (body: string): Promise<void> => {
    const batch = parseRecord(dialogEventBatchSchema, body);
    for (const message of messagesFor(batch, programme, words)) {
      await pool.query(
        `INSERT INTO naive_message (message_id, phone_number, body) VALUES ($1, $2, $3)
         ON CONFLICT (message_id) DO NOTHING`,
        [message.messageId, batch.phoneNumber, message.body],
      );
      const text: QueuedText = {
        messageId: message.messageId,
        phone: batch.phoneNumber,
        sender: message.senderNumber,
        body: message.body,
      };
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: task.queueUrl,
          MessageBody: JSON.stringify(text),
          MessageGroupId: batch.phoneNumber,
          MessageDeduplicationId: message.messageId,
        }),
      );
    }
  };
  return readStream({ kinesis, pool, streamName: task.streams.events }, handle, async () => undefined, fail);
}
