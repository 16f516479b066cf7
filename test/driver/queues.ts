import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type QueueName, queues } from '#shared/topology.ts';
import { localSqs } from '../../apps/local/stores/sqs-queues.ts';

/** Puts a turn of each phone, of no message that there is, where a queue puts what it gave up on. */
export async function giveUpOn(sqsUrl: string, queue: QueueName, phones: readonly string[]): Promise<void> {
  const sqs = localSqs(sqsUrl);
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queues[queue].deadLetter }));
    for (const phoneNumber of phones) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageGroupId: phoneNumber,
          MessageDeduplicationId: randomUUID(),
          MessageBody: JSON.stringify({ phoneNumber, messageId: randomUUID(), generation: 0 }),
        }),
      );
    }
  } finally {
    sqs.destroy();
  }
}
