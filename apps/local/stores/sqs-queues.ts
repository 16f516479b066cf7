import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueRow } from '#shared/topology.ts';
import { localAws } from '../local-aws.ts';
import { PROBE_MS } from '../process-plan.ts';

/**
 * With an explicit endpoint the SDK sends every request there. Without one it would take the host of the queue's
 * address, which for this emulator is a name that needs DNS, and a port of an earlier run.
 */
export const localSqs = (endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: localAws.region,
    credentials: localAws.credentials,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: PROBE_MS },
  });

/** The longest that SQS keeps a message: a dead letter waits for a person. */
const DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600;

/** FIFO with one order per message group and the throughput of many groups ("high throughput" in AWS's words). */
const highThroughput = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
} as const satisfies Partial<Record<QueueAttributeName, string>>;

/** What a queue is made of. */
type MadeRow = Pick<QueueRow, 'deadLetter' | 'visibilitySeconds' | 'maxReceives'>;

/** Creates what is missing of each queue and its dead-letter queue. Gives the addresses of the queues by name. */
export async function createQueues<N extends string>(
  client: SQSClient,
  rows: Readonly<Record<N, MadeRow>>,
): Promise<Map<N, string>> {
  const urls = new Map<N, string>();
  for (const name in rows) {
    const row = rows[name];
    const deadLetter = await createQueue(client, row.deadLetter, {
      ...highThroughput,
      MessageRetentionPeriod: String(DEAD_LETTER_RETENTION_SECONDS),
    });
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: deadLetter, AttributeNames: ['QueueArn'] }),
    );
    const url = await createQueue(client, name, {
      ...highThroughput,
      VisibilityTimeout: String(row.visibilitySeconds),
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: Attributes?.QueueArn,
        maxReceiveCount: row.maxReceives,
      }),
    });
    urls.set(name, url);
  }
  return urls;
}

async function createQueue(
  client: SQSClient,
  QueueName: string,
  Attributes: Partial<Record<QueueAttributeName, string>>,
): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  if (QueueUrl === undefined) throw new Error(`SQS gave no address for queue ${QueueName}`);
  return QueueUrl;
}
