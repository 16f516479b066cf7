import { type Input, interpolate } from '@pulumi/pulumi';
import { roleOf } from '#shared/postgres/grants.ts';
import type { Context } from '../context.ts';
import type { Cache } from '../data/cache.ts';
import { DATABASE_NAME, type Database } from '../data/database.ts';
import { DATABASE_PORT, HEALTH_PORT, PUBLIC_PORT } from '../ports.ts';
import { DRAIN_MS } from './task-definition.ts';

/**
 * The values that an environment knows for variables of services, whether or not a service has them. What is not here
 * keeps the fallback of its setting (docs/configuration.md).
 */
export const knownVariables = (
  context: Context,
  service: string,
  { database, cache }: { database: Database; cache: Cache },
): Readonly<Record<string, Input<string>>> => ({
  AWS_REGION: context.region,
  DB_HOST: database.cluster.endpoint,
  DB_IAM_AUTH: 'true',
  DB_NAME: DATABASE_NAME,
  DB_PORT: String(DATABASE_PORT),
  DB_SSL: 'true',
  DB_USER: roleOf(service),
  DRAIN_MS: String(DRAIN_MS),
  HEALTH_PORT: String(HEALTH_PORT),
  METRICS_NAMESPACE: context.metricsNamespace,
  ORGANISATION: context.settings.organisation.name,
  ORGANISATION_CONTACT: context.settings.organisation.contact,
  ORIGINATION_NUMBER: context.settings.carrier.originationNumber,
  PORT: String(PUBLIC_PORT),
  PUBLIC_URL: context.publicUrl,
  QUEUE_PREFIX: context.prefix,
  REDIS_CLUSTER: 'true',
  REDIS_HOST: cache.host,
  REDIS_PORT: interpolate`${cache.port}`,
  REDIS_TLS: 'true',
  STREAM_PREFIX: context.prefix,
  TWILIO_ACCOUNT_SID: context.settings.carrier.twilioAccountSid,
});

/** Of every task, besides the settings of its service. */
export const runtimeVariables: Readonly<Record<string, string>> = { NODE_ENV: 'production', TZ: 'UTC' };
