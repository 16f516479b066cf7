import { type Input, interpolate } from '@pulumi/pulumi';
import { TASK_ENVIRONMENT } from '#shared/container.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import type { Context } from '../context.ts';
import type { Cache } from '../data/cache.ts';
import { DATABASE_NAME, type Database } from '../data/database.ts';
import { DATABASE_PORT } from '../ports.ts';

/**
 * The values that an environment knows for variables of services, whether or not a service has them. What is not here
 * keeps the fallback of its setting (docs/configuration.md).
 */
export const knownVariables = (
  context: Context,
  service: string,
  { database, cache }: { database: Database; cache: Cache },
): Readonly<Record<string, Input<string>>> => ({
  ...TASK_ENVIRONMENT,
  AWS_REGION: context.region,
  DB_HOST: database.cluster.endpoint,
  DB_NAME: DATABASE_NAME,
  DB_PORT: String(DATABASE_PORT),
  DB_SSL: 'true',
  DB_USER: roleOf(service),
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
