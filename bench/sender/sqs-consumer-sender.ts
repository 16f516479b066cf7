import { setTimeout as delay } from 'node:timers/promises';
import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { Consumer } from 'sqs-consumer';
import type { Carrier, SendOutcome } from '#shared/carriers/carrier.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** A text as it lies in the queue of this sender. */
export interface QueuedText {
  messageId: string;
  phone: string;
  sender: string;
  body: string;
}

/** What it remembers, by the id of the message. */
export const SENT_TEXT = `
CREATE TABLE sent_text (
  message_id         uuid        PRIMARY KEY,
  phone_number       text        NOT NULL,
  state              text        NOT NULL DEFAULT 'sending',
  carrier_message_id text,
  begun_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at           timestamptz
)`;

export interface SqsConsumerOptions {
  sqs: SQSClient;
  queueUrl: string;
  pool: Pool;
  carrier: Carrier;
  /** Polls at the same time, each of which brings up to ten messages and waits for the last of them. */
  consumers: number;
  /** How long after a request without an answer the carrier is asked for it, in ms. */
  lookMs: number;
  /** Where the carrier says what became of a text; null: nowhere. */
  statusCallbackUrl: string | null;
  onError(error: unknown): void;
}

const BACKOFF_MS = { first: 50, most: 2_000 };

/**
 * The best correct sender that one writes with sqs-consumer: several consumers; messages of a receive grouped by phone, the
 * phones at the same time and the texts of each one after another, up to the first that could not be sent; an id in
 * PostgreSQL before each request, so that nothing goes twice; visibility extended while it lasts; a request that the carrier
 * was too busy for repeated with back-off; one without an answer looked up in the carrier's list before it is repeated. A
 * batch is deleted with one call. It asks about suppressions as it notes the id, and knows no other rule.
 */
export function startSqsConsumerSender(options: SqsConsumerOptions): { stop(): Promise<void> } {
  const consumers = Array.from({ length: options.consumers }, () => {
    const consumer = Consumer.create({
      queueUrl: options.queueUrl,
      sqs: options.sqs,
      batchSize: 10,
      waitTimeSeconds: 20,
      visibilityTimeout: 30,
      heartbeatInterval: 10,
      messageSystemAttributeNames: ['MessageGroupId'],
      suppressFifoWarning: true,
      handleMessageBatch: (messages) => handleBatch(options, messages),
    });
    consumer.on('error', options.onError);
    consumer.start();
    return consumer;
  });
  return {
    stop: async () => {
      const stopped = consumers.map(
        (consumer) => new Promise<void>((resolve) => void consumer.once('stopped', () => resolve())),
      );
      for (const consumer of consumers) consumer.stop({ abort: true });
      await Promise.all(stopped);
    },
  };
}

/** Those that are done with, in order: what is not among them comes again when its visibility ends. */
async function handleBatch(options: SqsConsumerOptions, messages: Message[]): Promise<Message[]> {
  const done: Message[] = [];
  const groups = Map.groupBy(messages, ({ Attributes }) => Attributes?.MessageGroupId);
  await Promise.all(
    [...groups.values()].map(async (group) => {
      for (const message of group) {
        try {
          await sendOnce(options, JSON.parse(message.Body ?? '') as QueuedText);
        } catch (error) {
          options.onError(error);
          return;
        }
        done.push(message);
      }
    }),
  );
  return done;
}

async function sendOnce(options: SqsConsumerOptions, text: QueuedText): Promise<void> {
  const { pool } = options;
  const { rows } = await pool.query<{ begun: boolean; state: string | null; suppressed: boolean }>(
    `WITH noted AS (INSERT INTO sent_text (message_id, phone_number) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
     SELECT EXISTS (SELECT FROM noted) AS begun,
            (SELECT state FROM sent_text WHERE message_id = $1) AS state,
            EXISTS (SELECT FROM suppression WHERE phone_number = $2) AS suppressed`,
    [text.messageId, text.phone],
  );
  const [row] = rows;
  if (row?.state === 'ended') return;
  if (row?.suppressed) return end(pool, text, null);
  // Noted by a process that is gone: it may have sent it.
  const found = row?.begun ? null : await find(options, text, new Date(0));
  await end(pool, text, found ?? (await sendUntilTaken(options, text)));
}

async function sendUntilTaken(options: SqsConsumerOptions, text: QueuedText): Promise<string | null> {
  for (let tries = 0; ; tries += 1) {
    const since = new Date(Date.now() - 1_000);
    const outcome = await request(options, text);
    switch (outcome.kind) {
      case 'accepted':
        return outcome.carrierMessageId;
      case 'refused':
        return null;
      case 'ambiguous': {
        await delay(options.lookMs);
        const found = await find(options, text, since);
        if (found !== null) return found;
        break;
      }
      default: {
        const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** tries);
        await delay(ceiling / 2 + (Math.random() * ceiling) / 2);
      }
    }
  }
}

const request = (
  { carrier, statusCallbackUrl }: SqsConsumerOptions,
  { body, messageId, phone, sender }: QueuedText,
): Promise<SendOutcome> =>
  carrier.send({
    attemptId: messageId,
    messageId,
    to: phoneNumber(phone),
    from: phoneNumber(sender),
    body,
    template: null,
    mediaUrls: [],
    statusCallbackUrl,
    validForSeconds: null,
    signal: new AbortController().signal,
  });

async function find({ carrier }: SqsConsumerOptions, text: QueuedText, since: Date): Promise<string | null> {
  const listed = await carrier.listOutbound({ to: phoneNumber(text.phone), since });
  return listed.find(({ body }) => body === text.body)?.carrierMessageId ?? null;
}

const end = async (pool: Pool, { messageId }: QueuedText, carrierMessageId: string | null): Promise<void> => {
  await pool.query(
    `UPDATE sent_text SET state = 'ended', carrier_message_id = $2, ended_at = clock_timestamp() WHERE message_id = $1`,
    [messageId, carrierMessageId],
  );
};
