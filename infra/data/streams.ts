import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type StreamName, type StreamRow, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import { Component } from '../component.ts';
import type { InfraSettings } from '../config/schema.ts';
import { type Context, keepsData } from '../context.ts';
import type { KeyHandles } from '../environment.ts';

/** Shards of every stream: the topology's, unless the stack says otherwise. */
export const shardsOf = (settings: InfraSettings): Readonly<Record<StreamName, number>> =>
  byName<StreamName, StreamRow, number>(streams, (name, row) => settings.streams.shards[name] ?? row.shards);

/** The Kinesis streams of the topology. */
export class Streams extends Component {
  readonly streams: Readonly<Record<StreamName, aws.kinesis.Stream>>;

  constructor(context: Context, keys: KeyHandles, options: ComponentResourceOptions) {
    super('carillon:data:Streams', 'streams', options);
    const { mode, retentionHours } = context.settings.streams;
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
    this.registerOutputs();
  }
}
