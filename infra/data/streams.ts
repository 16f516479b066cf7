import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type StreamName, type StreamRow, streamConsumers, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import { Component } from '../component.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';
import { shardsOf } from './shards.ts';

/** The Kinesis streams of the topology, and who is registered to be sent their records. */
export class Streams extends Component {
  readonly streams: Readonly<Record<StreamName, aws.kinesis.Stream>>;
  /** By the consumer's name in the topology; none where streams are polled. */
  readonly registered: ReadonlyMap<string, aws.kinesis.StreamConsumer>;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:data:Streams', 'streams', options);
    const { fanOut, mode, retentionHours } = context.settings.streams;
    const shards = shardsOf(context.settings);
    this.streams = byName<StreamName, StreamRow, aws.kinesis.Stream>(
      streams,
      (name) =>
        new aws.kinesis.Stream(
          name,
          {
            name: `${context.prefix}${name}`,
            retentionPeriod: retentionHours,
            encryptionType: 'KMS',
            kmsKeyId: keys.data.arn,
            ...(mode === 'on-demand'
              ? { streamModeDetails: { streamMode: 'ON_DEMAND' } }
              : { streamModeDetails: { streamMode: 'PROVISIONED' }, shardCount: shards[name] }),
          },
          { ...this.inside, ...keepsData(context), deleteBeforeReplace: true },
        ),
    );
    this.registered = new Map(
      (fanOut ? streamConsumers : []).map(({ consumer, stream }) => [
        consumer,
        new aws.kinesis.StreamConsumer(
          consumer,
          { name: `${context.prefix}${consumer}`, streamArn: this.streams[stream].arn },
          // A name is taken until its consumer is gone.
          { ...this.inside, deleteBeforeReplace: true },
        ),
      ]),
    );
    this.registerOutputs();
  }
}
