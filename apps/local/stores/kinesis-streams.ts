import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  ResourceInUseException,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Clock } from '#shared/clock.ts';
import { localAws } from '../local-aws.ts';
import { PROBE_MS } from '../process-plan.ts';

/** The emulator speaks HTTP/1.1 only, while the SDK's Kinesis client wants HTTP/2 unless it is told. */
export const localKinesis = (endpoint: string): KinesisClient =>
  new KinesisClient({
    endpoint,
    region: localAws.region,
    credentials: localAws.credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ connectionTimeout: PROBE_MS, requestTimeout: 10_000 }),
  });

/** Creates the streams that are missing and waits until all are active. Streams that exist stay as they are. */
export async function createStreams(
  client: KinesisClient,
  rows: Readonly<Record<string, { shards: number }>>,
  clock: Clock,
): Promise<void> {
  await Promise.all(
    Object.entries(rows).map(async ([StreamName, { shards }]) => {
      try {
        await client.send(new CreateStreamCommand({ StreamName, ShardCount: shards }));
      } catch (error) {
        if (!(error instanceof ResourceInUseException)) throw error;
      }
      await untilActive(client, StreamName, clock);
    }),
  );
}

async function untilActive(client: KinesisClient, StreamName: string, clock: Clock): Promise<void> {
  const deadline = clock.monotonic() + 10_000;
  for (;;) {
    const { StreamDescriptionSummary: stream } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName }),
    );
    if (stream?.StreamStatus === 'ACTIVE') return;
    if (clock.monotonic() > deadline) throw new Error(`stream ${StreamName} stays ${stream?.StreamStatus}`);
    await clock.sleep(20);
  }
}
