import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { awsSettings } from '#shared/aws-settings.ts';
import { type Config, optionalText, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';
import { type QueueName, queues } from '#shared/topology.ts';

/** Settings of every service that speaks to SQS. */
export const sqsSettings = {
  ...awsSettings,
  AWS_ENDPOINT_URL_SQS: optionalText({
    help: 'Address of another SQS endpoint, as the local stack has.',
  }),
  QUEUE_PREFIX: optionalText({ help: "What an environment's queue names begin with." }),
} satisfies Settings;

export type SqsConfig = Config<typeof sqsSettings>;

/** Requests open at once: long polls stay open for 20 s and must not keep deletes and heartbeats waiting. */
const SOCKETS = 128;
/** Above the 20 s that a long poll may take. Other calls wait for less (fifo-queue.ts). */
const REQUEST_TIMEOUT_MS = 25_000;

/** A client for the configured endpoint. The caller destroys it. */
export function createSqs(config: SqsConfig): SQSClient {
  const endpoint = config.AWS_ENDPOINT_URL_SQS;
  return new SQSClient({
    region: config.AWS_REGION,
    ...(endpoint === null ? {} : { endpoint }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 2_000,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
    }),
  });
}

/** Of these queues the addresses of their dead-letter queues. Rejects when one does not exist. */
export async function deadLetterUrls<N extends QueueName>(
  sqs: Pick<SQSClient, 'send'>,
  config: Pick<SqsConfig, 'QUEUE_PREFIX'>,
  names: readonly N[],
): Promise<Readonly<Record<N, string>>> {
  const found = await Promise.all(
    names.map(async (name) => [name, await urlOf(sqs, config, queues[name].deadLetter)] as const),
  );
  return Object.fromEntries(found) as Record<N, string>;
}

/** The addresses of these queues in the configured environment. Rejects when one does not exist. */
export async function queueUrls<N extends QueueName>(
  sqs: Pick<SQSClient, 'send'>,
  config: Pick<SqsConfig, 'QUEUE_PREFIX'>,
  names: readonly N[],
): Promise<ReadonlyMap<N, string>> {
  const found = await Promise.all(
    names.map(async (name): Promise<[N, string]> => [name, await urlOf(sqs, config, name)]),
  );
  return new Map(found);
}

async function urlOf(
  sqs: Pick<SQSClient, 'send'>,
  config: Pick<SqsConfig, 'QUEUE_PREFIX'>,
  name: string,
): Promise<string> {
  const QueueName = `${config.QUEUE_PREFIX ?? ''}${name}`;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  if (QueueUrl === undefined) throw new CarillonError('unavailable', `no address for queue ${QueueName}`);
  return QueueUrl;
}
