import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { streamConsumers } from '#shared/topology.ts';
import { accessKeyOf, localAws } from '../../apps/local/local-aws.ts';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';
import { FanOutKinesis } from '../stand-ins/fan-out.ts';
import { ProtocolSwitch } from '../stand-ins/protocol-switch.ts';
import { emulatorSource } from '../stand-ins/shard-source.ts';
import type { RecordedCall } from './recorded-call.ts';

/** What services read by enhanced fan-out from, at the address that they call for everything else. */
export interface FanOutRecorder {
  url: string;
  /** Settings of services, so that all of them read so. */
  overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly calls: RecordedCall[];
  close(): void;
}

const arnOf = (stream: string, consumer: string): string =>
  `arn:aws:kinesis:${localAws.region}:${localAws.accountId}:stream/${stream}/consumer/${consumer}:1700000000`;

/** `kinesisUrl`: what everything but subscriptions goes on to. `emulator`: its address, once it has one. */
export async function startFanOutRecorder(
  kinesisUrl: string,
  emulator: () => Promise<string>,
): Promise<FanOutRecorder> {
  let client: KinesisClient | undefined;
  // Each look is a request to the emulator, of which every consumer of a system makes its own.
  const times = { lookMs: 200 };
  const server = new FanOutKinesis(async (...shard) => {
    client ??= localKinesis(await emulator());
    return emulatorSource(client)(...shard);
  }, times);
  const http2 = Number(new URL(await server.listen()).port);
  const front = new ProtocolSwitch({ http1: Number(new URL(kinesisUrl).port), http2 });
  const byService = Map.groupBy(streamConsumers, ({ service }) => service);
  return {
    url: await front.listen(),
    overrides: Object.fromEntries(
      [...byService].map(([service, rows]) => [
        service,
        {
          FAN_OUT_CONSUMERS: rows
            .map(({ consumer, stream }) => `${consumer}=${arnOf(stream, consumer)}`)
            .join(','),
        },
      ]),
    ),
    get calls() {
      return server.calls.map(({ accessKey, consumerArn }) => {
        const row = streamConsumers.find(
          ({ service, consumer, stream }) =>
            accessKeyOf(service) === accessKey && arnOf(stream, consumer) === consumerArn,
        );
        if (row === undefined) throw new Error(`${accessKey} subscribed as ${consumerArn}`);
        return { service: row.service, action: 'kinesis:SubscribeToShard', resource: row.consumer };
      });
    },
    close: () => {
      front.close();
      server.close();
      client?.destroy();
    },
  };
}
