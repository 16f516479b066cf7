import type * as aws from '@pulumi/aws';
import { all, type Input, interpolate } from '@pulumi/pulumi';
import { TASK_ENVIRONMENT } from '#shared/container.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import type { ServiceRow } from '#shared/topology.ts';
import type { InfraSettings } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Cache } from '../data/cache.ts';
import { DATABASE_NAME, type Database } from '../data/database.ts';
import type { EndUserMessaging } from '../messaging/end-user-messaging.ts';
import { DATABASE_PORT } from '../ports.ts';
import type { LoadBalancer } from '../web/load-balancer.ts';

/**
 * The values that an environment knows for variables of services, whether or not a service has them. What is not here
 * keeps the fallback of its setting (docs/configuration.md).
 */
export const knownVariables = (
  context: Context,
  service: string,
  {
    row,
    database,
    cache,
    registered,
    loadBalancer,
    endUserMessaging,
    mostTasks,
  }: {
    row: ServiceRow;
    database: Database;
    cache: Cache;
    registered: ReadonlyMap<string, aws.kinesis.StreamConsumer>;
    loadBalancer: Pick<LoadBalancer, 'balancer'>;
    endUserMessaging: EndUserMessaging | null;
    /** How many tasks the service may have. */
    mostTasks: number;
  },
): Readonly<Record<string, Input<string>>> => ({
  ...TASK_ENVIRONMENT,
  API_TASKS: String(mostTasks),
  AWS_REGION: context.region,
  DB_HOST: database.cluster.endpoint,
  DB_NAME: DATABASE_NAME,
  DB_PORT: String(DATABASE_PORT),
  DB_SSL: 'true',
  DB_USER: roleOf(service),
  ...fanOutConsumers(row, registered),
  ...signInOf(context, loadBalancer),
  ...carrierVariables(context.settings, endUserMessaging),
  ...agentOf(context),
  METRICS_NAMESPACE: context.metricsNamespace,
  ORGANISATION: context.settings.organisation.name,
  ORGANISATION_CONTACT: context.settings.organisation.contact,
  ORIGINATION_NUMBER: context.settings.carrier.originationNumber,
  PUBLIC_URL: context.publicUrl,
  QUEUE_PREFIX: context.prefix,
  REDIS_HOST: cache.host,
  REDIS_PORT: interpolate`${cache.port}`,
  STREAM_PREFIX: context.prefix,
  TWILIO_ACCOUNT_SID: context.settings.carrier.twilioAccountSid,
});

/** Each consumer of the service with the ARN that it is registered under; nothing where it polls. */
function fanOutConsumers(
  row: ServiceRow,
  registered: ReadonlyMap<string, aws.kinesis.StreamConsumer>,
): Readonly<Record<string, Input<string>>> {
  const entries = Object.keys(row.consumes).flatMap((consumer) => {
    const arn = registered.get(consumer)?.arn;
    return arn === undefined ? [] : [interpolate`${consumer}=${arn}`];
  });
  return entries.length === 0 ? {} : { FAN_OUT_CONSUMERS: all(entries).apply((each) => each.join(',')) };
}

/** The carriers of an environment, as variables have them: the first is that of numbers for which nothing else is said. */
export const carriersOf = ({ carrier, endUserMessaging }: InfraSettings): string =>
  [
    'twilio',
    ...(carrier.vonage === undefined ? [] : ['vonage']),
    ...(endUserMessaging.enabled ? ['aws'] : []),
  ].join(',');

/** What services know of carriers beside Twilio. */
function carrierVariables(
  settings: InfraSettings,
  endUserMessaging: EndUserMessaging | null,
): Readonly<Record<string, Input<string>>> {
  const { vonage } = settings.carrier;
  return {
    CARRIERS: carriersOf(settings),
    ...(vonage === undefined
      ? {}
      : { VONAGE_API_KEY: vonage.apiKey, VONAGE_APPLICATION_ID: vonage.applicationId }),
    ...(endUserMessaging === null
      ? {}
      : {
          AWS_SMS_CONFIGURATION_SET: endUserMessaging.configurationSet.name,
          AWS_SMS_TOPIC_ARNS: endUserMessaging.inbound.arn,
        }),
  };
}

/** Which Bedrock agent answers texts; nothing where rules do. */
function agentOf({ settings: { agent } }: Context): Readonly<Record<string, Input<string>>> {
  if (agent === undefined) return {};
  return {
    AGENT_RESPONDER: 'bedrock',
    SUPERVISOR_AGENT_ID: agent.agentId,
    SUPERVISOR_ALIAS_ID: agent.aliasId,
  };
}

/** How people are signed in at the load balancer; nothing where they are not. */
function signInOf(
  { settings }: Context,
  { balancer }: Pick<LoadBalancer, 'balancer'>,
): Readonly<Record<string, Input<string>>> {
  const { signIn } = settings.web;
  if (signIn === undefined) return {};
  return {
    ALB_ARN: balancer.arn,
    OIDC_CLIENT_ID: signIn.clientId,
    OIDC_ISSUER: signIn.issuer,
    OIDC_ROLE_CLAIM: signIn.roleClaim,
    OIDC_ROLES: Object.entries(signIn.roles)
      .map(([group, role]) => `${group}=${role}`)
      .join(','),
  };
}
