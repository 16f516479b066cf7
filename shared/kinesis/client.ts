import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Clock } from '#shared/clock.ts';
import { type Config, optionalText, type Settings, text } from '#shared/config.ts';
import type { StreamName } from '#shared/topology.ts';
import { enforceWriteLimits } from './enforce-write-limits.ts';

/** Settings of every service that speaks to Kinesis. Credentials come from the SDK's own chain (the task role). */
export const kinesisSettings = {
  AWS_REGION: text({ fallback: 'us-east-1', help: 'AWS region of streams and queues.' }),
  AWS_ENDPOINT_URL_KINESIS: optionalText({
    help: 'Address of another Kinesis endpoint, as the local stack has.',
  }),
  STREAM_PREFIX: optionalText({ help: "What an environment's stream names begin with." }),
} satisfies Settings;

export type KinesisConfig = Config<typeof kinesisSettings>;

/**
 * A client for the configured endpoint. Real Kinesis speaks HTTP/2, which the SDK uses by itself; a local endpoint
 * speaks HTTP/1.1 only and needs the other handler. The SDK's own retries stay on for single requests; partial
 * failures inside PutRecords are the producer's business.
 */
export function createKinesis(config: KinesisConfig, clock: Clock): KinesisClient {
  const endpoint = config.AWS_ENDPOINT_URL_KINESIS;
  if (endpoint === null) return new KinesisClient({ region: config.AWS_REGION });
  const client = new KinesisClient({
    region: config.AWS_REGION,
    endpoint,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: 10_000 }),
  });
  // An emulator never throttles: without this, what is fast here would not be fast there.
  enforceWriteLimits(client, clock);
  return client;
}

/** A stream's name in the configured environment. */
export const streamNamer =
  (config: KinesisConfig): ((stream: StreamName) => string) =>
  (stream) =>
    `${config.STREAM_PREFIX ?? ''}${stream}`;
