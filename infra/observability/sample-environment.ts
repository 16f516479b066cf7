import * as aws from '@pulumi/aws';
import { queues, type ServiceName, type ServiceRow, services, streams } from '#shared/topology.ts';
import { byName } from '../by-name.ts';
import type { ServiceHandles } from '../environment.ts';
import type { ObservedEnvironment } from './observed.ts';

/** The watched part of an environment, for tests under Pulumi's mocks. */
export function sampleEnvironment(): ObservedEnvironment {
  const prefix = 'carillon-test-';
  const operations = new aws.kms.Key('operations', {});
  const database = new aws.rds.Cluster('database', {
    engine: 'aurora-postgresql',
    clusterIdentifier: `${prefix}database`,
  });
  const instance = (name: string): aws.rds.ClusterInstance =>
    new aws.rds.ClusterInstance(name, {
      clusterIdentifier: `${prefix}database`,
      instanceClass: 'db.serverless',
      engine: 'aurora-postgresql',
    });
  return {
    settings: {
      alarms: { emails: ['on-call@example.org'] },
      cache: { maxGigabytes: 5, maxEcpuPerSecond: 5_000 },
      logs: { retentionDays: 30 },
    },
    prefix,
    metricsNamespace: 'Carillon/test',
    keys: { operations },
    streams: byName(streams, (name) => new aws.kinesis.Stream(name, { name: `${prefix}${name}` })),
    queues: byName(queues, (name) => ({
      queue: new aws.sqs.Queue(name, { name: `${prefix}${name}` }),
      deadLetter: new aws.sqs.Queue(queues[name].deadLetter, { name: `${prefix}${queues[name].deadLetter}` }),
    })),
    database: { cluster: database, instances: [instance('one'), instance('two')], maxAcu: 8 },
    cache: new aws.elasticache.ServerlessCache('cache', { engine: 'valkey', name: `${prefix}cache` }),
    cluster: new aws.ecs.Cluster('cluster', { name: `${prefix}cluster` }),
    loadBalancer: {
      balancer: new aws.lb.LoadBalancer('balancer', {}),
      targetGroups: Object.fromEntries(
        (Object.entries(services) as [ServiceName, ServiceRow][])
          .filter(([, row]) => row.publicPaths.length > 0)
          .map(([name]) => [name, new aws.lb.TargetGroup(name, {})]),
      ),
      firewall: new aws.wafv2.WebAcl('firewall', {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: {
          cloudwatchMetricsEnabled: true,
          metricName: 'firewall',
          sampledRequestsEnabled: false,
        },
      }),
    },
    services: byName(
      services,
      (name): ServiceHandles => ({
        name: `${prefix}${name}`,
        service: new aws.ecs.Service(name, { name: `${prefix}${name}` }),
        logGroup: new aws.cloudwatch.LogGroup(name, {}),
        taskRole: new aws.iam.Role(name, { assumeRolePolicy: '{}' }),
        minTasks: 2,
        maxTasks: 10,
      }),
    ),
  };
}
