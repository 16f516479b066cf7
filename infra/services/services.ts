import type * as aws from '@pulumi/aws';
import { interpolate, type Output, output, type Resource } from '@pulumi/pulumi';
import { type ServiceName, type ServiceRow, services } from '#shared/topology.ts';
import { migrateSettings } from '../../apps/migrate/settings.ts';
import type { Context } from '../context.ts';
import type { Cache } from '../data/cache.ts';
import type { Database } from '../data/database.ts';
import { shardsOf } from '../data/shards.ts';
import type { DeploymentSteps } from '../deployment/steps.ts';
import { deploymentWaves } from '../deployment/waves.ts';
import type { Environment, KeyHandles } from '../environment.ts';
import { servicePolicy } from '../iam/service-policy.ts';
import type { Image } from '../image/image.ts';
import type { EndUserMessaging } from '../messaging/end-user-messaging.ts';
import type { Network } from '../network/network.ts';
import type { SecurityGroups } from '../network/security-groups.ts';
import { scalingPlan } from '../scaling/plan.ts';
import { scalingTargets } from '../scaling/targets.ts';
import type { LoadBalancer } from '../web/load-balancer.ts';
import type { Cluster } from './cluster.ts';
import { FargateService } from './fargate-service.ts';
import { knownVariables } from './known-variables.ts';
import { serviceSize } from './service-size.ts';
import { settingsOf } from './settings-of.ts';
import { givenTo, requireKnownToSome } from './variables.ts';

export interface ServicesParts {
  keys: KeyHandles;
  network: Network;
  securityGroups: SecurityGroups;
  image: Image;
  database: Database;
  cache: Cache;
  streams: Environment['streams'];
  /** Of each consumer of a stream that is sent its records: what it is registered as. */
  registered: ReadonlyMap<string, aws.kinesis.StreamConsumer>;
  queues: Environment['queues'];
  files: aws.s3.Bucket;
  loadBalancer: LoadBalancer;
  cluster: Cluster;
  secretArns: ReadonlyMap<string, Output<string>>;
  /** Null: it is not wanted. */
  endUserMessaging: EndUserMessaging | null;
  steps: DeploymentSteps;
  /** What all services wait for: the schema, and secrets that this program fills. */
  waitsFor: readonly Resource[];
}

const rows = services as Readonly<Record<ServiceName, ServiceRow>>;

/** Every row of the topology as a service; each wave waits until the one before has rolled out. */
export function createServices(
  context: Context,
  parts: ServicesParts,
  options: { provider: aws.Provider },
): Readonly<Record<ServiceName, FargateService>> {
  const names = Object.keys(rows) as ServiceName[];
  requireKnownToSome(context.settings.services.defaults.environment ?? {}, [
    ...names.map(settingsOf),
    migrateSettings,
  ]);
  const made = new Map<ServiceName, FargateService>();
  let waitsFor = parts.waitsFor;
  for (const wave of deploymentWaves<ServiceName>(rows)) {
    for (const name of wave) made.set(name, createService(context, name, { ...parts, waitsFor }, options));
    waitsFor = [...parts.waitsFor, ...wave.flatMap((name) => made.get(name)?.rolledOut ?? [])];
  }
  return Object.fromEntries(made) as Record<ServiceName, FargateService>;
}

function createService(
  context: Context,
  name: ServiceName,
  parts: ServicesParts,
  { provider }: { provider: aws.Provider },
): FargateService {
  const row = rows[name];
  const { securityGroups: groups, loadBalancer, database } = parts;
  const { settings } = context;
  const shards = shardsOf(settings);
  const size = serviceSize(name, row, settings.services, shards);
  const isPublic = row.publicPaths.length > 0;
  return new FargateService(
    context,
    name,
    {
      ...parts,
      row,
      size,
      settings: settingsOf(name),
      known: knownVariables(context, name, { ...parts, row, mostTasks: size.maxTasks }),
      given: givenTo(
        settingsOf(name),
        settings.services.defaults.environment ?? {},
        settings.services.byName[name]?.environment ?? {},
      ),
      policy: servicePolicy(context, name, row, {
        streams: parts.streams,
        registered: parts.registered,
        queues: parts.queues,
        filesArn: parts.files.arn,
        dataKeyArn: parts.keys.data.arn,
        databaseUser: (role) =>
          interpolate`arn:${context.partition}:rds-db:${context.region}:${context.accountId}:dbuser:${database.cluster.clusterResourceId}/${role}`,
        clusterName: parts.cluster.name,
        texts: parts.endUserMessaging?.sends(context) ?? [],
      }),
      subnets: parts.network.privateSubnets,
      securityGroups: [
        groups.tasks,
        ...(row.carriers ? [groups.carriers] : []),
        ...(row.webhooks ? [groups.webhooks] : []),
        ...(isPublic ? [groups.reachable] : []),
      ],
      targetGroup: loadBalancer.targetGroups[name],
      plan: (service) =>
        scalingPlan(
          name,
          row,
          {
            minimum: size.minTasks,
            maximum: size.maxTasks,
            shards,
            carrierMessagesPerSecond: settings.carrier.messagesPerSecond,
          },
          scalingTargets,
          {
            cluster: output(parts.cluster.name),
            service,
            metricsNamespace: context.metricsNamespace,
            queue: (queue) => output(`${context.prefix}${queue}`),
            requestsLabel: () =>
              interpolate`${loadBalancer.balancer.arnSuffix}/${loadBalancer.targetGroups[name]?.arnSuffix ?? ''}`,
          },
        ),
      waitsFor: [...parts.waitsFor, ...(isPublic ? loadBalancer.rules : [])],
    },
    { providers: [provider] },
  );
}
