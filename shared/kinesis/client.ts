import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler';
import { awsSettings } from '#shared/aws-settings.ts';
import type { Clock } from '#shared/clock.ts';
import { type Config, optionalText, type Settings } from '#shared/config.ts';
import type { StreamName } from '#shared/topology.ts';
import { enforceWriteLimits } from './enforce-write-limits.ts';

/** Settings of every service that speaks to Kinesis. */
export const kinesisSettings = {
  ...awsSettings,
  AWS_ENDPOINT_URL_KINESIS: optionalText({
    help: 'Address of another Kinesis endpoint, as the local stack has.',
  }),
  STREAM_PREFIX: optionalText({ help: "What an environment's stream names begin with." }),
} satisfies Settings;

export type KinesisConfig = Config<typeof kinesisSettings>;

/** Longest wait for a connection and for an answer, in ms: a request that hangs must end, to be made again. */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 4_000;

/**
 * A client for the configured endpoint. Real Kinesis speaks HTTP/2; a local endpoint speaks HTTP/1.1 only and needs
 * the other handler. The SDK repeats a request once; what is left is the business of producer and consumers, which
 * know for how long to go on.
 */
export function createKinesis(config: KinesisConfig, clock: Clock): KinesisClient {
  const endpoint = config.AWS_ENDPOINT_URL_KINESIS;
  const common = { region: config.AWS_REGION, maxAttempts: 2 };
  if (endpoint === null) {
    return new KinesisClient({
      ...common,
      requestHandler: new NodeHttp2Handler({ requestTimeout: REQUEST_TIMEOUT_MS }),
    });
  }
  const client = new KinesisClient({
    ...common,
    endpoint,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
  // An emulator never throttles: without this, what is fast here would not be fast there.
  enforceWriteLimits(client, clock);
  return client;
}

/**
 * A client for subscriptions to shards alone, by HTTP/2 to any endpoint, each over a connection of its own. It repeats
 * nothing, because a shard takes one call a second, and gives up nothing by itself: a subscription lasts minutes, and is
 * quiet while its reader is busy. The reader decides when one is dead.
 */
export const createFanOutKinesis = (config: KinesisConfig): KinesisClient =>
  new KinesisClient({
    region: config.AWS_REGION,
    maxAttempts: 1,
    ...(config.AWS_ENDPOINT_URL_KINESIS === null ? {} : { endpoint: config.AWS_ENDPOINT_URL_KINESIS }),
    requestHandler: new NodeHttp2Handler({ requestTimeout: 0 }),
  });

/** A stream's name in the configured environment. */
export const streamNamer =
  (config: KinesisConfig): ((stream: StreamName) => string) =>
  (stream) =>
    `${config.STREAM_PREFIX ?? ''}${stream}`;
