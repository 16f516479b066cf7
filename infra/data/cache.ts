import * as aws from '@pulumi/aws';
import type { ComponentResourceOptions, Output } from '@pulumi/pulumi';
import { Component } from '../component.ts';
import type { Context } from '../context.ts';
import type { KeyHandles } from '../environment.ts';

/**
 * Valkey without servers: wake hints and pacing. It is never the authority for anything, so it is not kept from being
 * deleted; its snapshot of a day spares a restart a cold cache.
 */
export class Cache extends Component {
  readonly cache: aws.elasticache.ServerlessCache;
  readonly host: Output<string>;
  readonly port: Output<number>;

  constructor(
    context: Context,
    keys: KeyHandles,
    place: { subnets: readonly Output<string>[]; securityGroup: aws.ec2.SecurityGroup },
    options: ComponentResourceOptions,
  ) {
    super('carillon:data:Cache', 'cache', options);
    const { maxGigabytes, maxEcpuPerSecond } = context.settings.cache;
    this.cache = new aws.elasticache.ServerlessCache(
      'cache',
      {
        name: `${context.prefix}cache`,
        description: 'Wake hints and pacing',
        engine: 'valkey',
        majorEngineVersion: '8',
        kmsKeyId: keys.data.arn,
        subnetIds: [...place.subnets],
        securityGroupIds: [place.securityGroup.id],
        snapshotRetentionLimit: 1,
        dailySnapshotTime: '07:00',
        cacheUsageLimits: {
          dataStorage: { maximum: maxGigabytes, unit: 'GB' },
          ecpuPerSeconds: [{ maximum: maxEcpuPerSecond }],
        },
      },
      this.inside,
    );
    this.host = this.cache.endpoints.apply((endpoints) => endpoints[0]?.address ?? '');
    this.port = this.cache.endpoints.apply((endpoints) => endpoints[0]?.port ?? 0);
    this.registerOutputs();
  }
}
