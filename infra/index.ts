import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { readInfraSettings } from './config/read.ts';
import { type Context, LONGEST_STACK_NAME } from './context.ts';
import { Cache } from './data/cache.ts';
import { Database } from './data/database.ts';
import { DatabaseEvents } from './data/database-events.ts';
import { Queues } from './data/queues.ts';
import { Streams } from './data/streams.ts';
import { Migration } from './deployment/migration.ts';
import { Operator } from './deployment/operator.ts';
import { deploymentSteps } from './deployment/steps.ts';
import type { Environment } from './environment.ts';
import { Files } from './files/files.ts';
import { Image } from './image/image.ts';
import { Keys } from './keys/keys.ts';
import { EndUserMessaging } from './messaging/end-user-messaging.ts';
import { availabilityZones, Network } from './network/network.ts';
import { SecurityGroups } from './network/security-groups.ts';
import { Observability } from './observability/observability.ts';
import { Secrets } from './secrets/secrets.ts';
import { Cluster } from './services/cluster.ts';
import { carriersOf } from './services/known-variables.ts';
import { createServices } from './services/services.ts';
import { secretsOfServices } from './services/settings-of.ts';
import { Certificate } from './web/certificate.ts';
import { Firewall } from './web/firewall.ts';
import { LoadBalancer } from './web/load-balancer.ts';

/**
 * One environment of Carillon on AWS, layer by layer; `pulumi up` makes it, one stack per environment. What exists is
 * said by shared/topology.ts, how large it is by the stack's configuration (infra/config).
 */

// 0. Where we are
const stack = pulumi.getStack();
if (stack.length > LONGEST_STACK_NAME) {
  throw new pulumi.RunError(`The stack's name "${stack}" is longer than ${LONGEST_STACK_NAME} characters.`);
}
const settings = readInfraSettings(pulumi.runtime.allConfig());
const secretConfig = new pulumi.Config('carillon');
const awsConfig = new pulumi.Config('aws');
const profile = awsConfig.get('profile');
const provider = new aws.Provider('aws', {
  region: awsConfig.require('region'),
  ...(profile === undefined ? {} : { profile }),
  defaultTags: { tags: { Product: 'carillon', Environment: stack, ManagedBy: 'pulumi' } },
});
const inside = { providers: [provider] };
const [{ region }, { accountId }, { partition }] = await Promise.all([
  aws.getRegion({}, { provider }),
  aws.getCallerIdentity({}, { provider }),
  aws.getPartition({}, { provider }),
]);
const context: Context = {
  settings,
  stack,
  prefix: `carillon-${stack}-`,
  region,
  accountId,
  partition,
  profile,
  publicUrl: `https://${settings.domain}`,
  metricsNamespace: `Carillon/${stack}`,
};

// 1. Keys and network
const keys = new Keys(context, inside);
const zones = await availabilityZones(settings.network.zones, { provider });
const network = new Network(context, zones, keys, inside);
const securityGroups = new SecurityGroups(context, network, inside);

// 2. Image
const image = new Image(context, keys, inside);

// 3. What keeps data
const files = new Files(context, keys, inside);
const { streams, registered } = new Streams(context, keys, inside);
const { queues } = new Queues(context, keys, inside);
const isolated = { subnets: network.isolatedSubnets };
const database = new Database(context, keys, { ...isolated, securityGroup: securityGroups.database }, inside);
const cache = new Cache(context, keys, { ...isolated, securityGroup: securityGroups.cache }, inside);
const secrets = new Secrets(context, keys, secretsOfServices(carriersOf(settings)), secretConfig, inside);

// AWS End User Messaging, where it is wanted
const endUserMessaging = settings.endUserMessaging.enabled
  ? new EndUserMessaging(context, keys, inside)
  : null;

// 4. The way in
const loadBalancer = new LoadBalancer(
  context,
  {
    network,
    securityGroup: securityGroups.loadBalancer,
    files,
    firewall: new Firewall(context, keys, inside),
    certificateArn: new Certificate(context, inside).arn,
    signInSecret: () => secretConfig.requireSecret('signInSecret'),
  },
  inside,
);

// 5. Schema, then services: consumers, sender, gateway, API
const cluster = new Cluster(context, inside);
const steps = deploymentSteps(context);
const migration = new Migration(
  context,
  {
    keys,
    image,
    database,
    cluster: cluster.cluster,
    subnets: network.privateSubnets,
    securityGroup: securityGroups.tasks,
    secretArns: secrets.arns,
    waitsFor: [network, securityGroups, ...secrets.versions],
    steps,
  },
  inside,
);
new Operator(context, { keys, image, database, streams, secretArns: secrets.arns }, inside);
const services = createServices(
  context,
  {
    keys,
    network,
    securityGroups,
    image,
    database,
    cache,
    streams,
    registered,
    queues,
    files: files.files,
    loadBalancer,
    cluster,
    secretArns: secrets.arns,
    endUserMessaging,
    steps,
    waitsFor: [migration.done, network, ...secrets.versions],
  },
  { provider },
);

// 6. What carriers post to the gateway by subscription
endUserMessaging?.delivers(context, [services.gateway]);

// 7. What watches over it
const environment: Environment = {
  settings,
  stack,
  prefix: context.prefix,
  publicUrl: context.publicUrl,
  metricsNamespace: context.metricsNamespace,
  keys,
  streams,
  queues,
  database,
  cache: cache.cache,
  files: files.files,
  cluster: cluster.cluster,
  loadBalancer,
  services,
};

const { dashboardName, topics } = new Observability(environment, { region, accountId }, inside);
new DatabaseEvents(context, database, topics.notices, inside);

// What the operator needs to know
export const publicUrl = environment.publicUrl;
export const loadBalancerAddress = environment.loadBalancer.balancer.dnsName;
export const imageRepository = image.repository.repositoryUrl;
export const secretsToFill = secrets.names;
export const dashboard = dashboardName;
