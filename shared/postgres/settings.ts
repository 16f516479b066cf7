import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Signer } from '@aws-sdk/rds-signer';
import { awsSettings } from '#shared/aws-settings.ts';
import { systemClock } from '#shared/clock.ts';
import { type Config, flag, integer, type Settings, secretUnless, text } from '#shared/config.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import { iamTokens } from './iam-token.ts';
import { createPool, type Pool, type PostgresConfig } from './pool.ts';

/** Amazon's authorities of database certificates, of every region. docs/containers.md says where it comes from. */
export const RDS_AUTHORITIES = fileURLToPath(new URL('./rds-ca-bundle.pem', import.meta.url));

/** Where the database is, for whoever connects to it. */
export const databaseSettings = {
  DB_HOST: text({ help: 'Host of PostgreSQL.' }),
  DB_PORT: integer({ min: 1, max: 65535 }, { fallback: '5432', help: 'Port of PostgreSQL.' }),
  DB_NAME: text({ fallback: 'carillon', help: 'Name of the database.' }),
  DB_SSL: flag({ fallback: 'false', help: 'Whether to require TLS with a valid certificate.' }),
  DB_CA_FILE: text({
    fallback: RDS_AUTHORITIES,
    help: 'Authorities whose certificates are valid, as PEM; by default those of Amazon RDS, which the image has.',
  }),
} satisfies Settings;

/** Settings of every service that speaks to PostgreSQL. */
export const postgresSettings = {
  ...databaseSettings,
  ...awsSettings,
  DB_USER: text({ help: "The service's own role." }),
  DB_PASSWORD: secretUnless('DB_IAM_AUTH', { help: 'Password of the role; local use.' }),
  DB_IAM_AUTH: flag({
    fallback: 'false',
    help: 'Whether to log in with IAM tokens of the task role instead of a password. Requires TLS as DB_SSL does.',
  }),
  DB_POOL_MAX: integer(
    { min: 1, max: 100 },
    { fallback: '8', unit: 'connections', help: 'Most connections of one task.' },
  ),
  DB_POOL_IDLE_MS: integer(
    { min: 1_000, max: 3_600_000 },
    { fallback: '30000', unit: 'ms', help: 'How long a connection lies idle before it is closed.' },
  ),
} satisfies Settings;

export function poolFrom(
  config: Config<typeof postgresSettings>,
  applicationName: string,
  logger: Logger,
  { listen, ...more }: Pick<PostgresConfig, 'listen' | 'max' | 'pipeline'> = {},
): Pool {
  return createPool(
    {
      host: config.DB_HOST,
      port: config.DB_PORT,
      database: config.DB_NAME,
      user: config.DB_USER,
      password: config.DB_PASSWORD ?? tokensFor(config),
      ...(config.DB_SSL || config.DB_IAM_AUTH ? { tls: authoritiesOf(config) } : {}),
      max: config.DB_POOL_MAX,
      idleMs: config.DB_POOL_IDLE_MS,
      applicationName,
      ...more,
      ...(listen === undefined ? {} : { listen }),
    },
    (error) => logger.warn({ err: error }, 'an idle database connection broke and was discarded'),
  );
}

/** The authorities of the configured file. Throws `invalid_configuration` when it cannot be read. */
export function authoritiesOf({ DB_CA_FILE }: Pick<Config<typeof databaseSettings>, 'DB_CA_FILE'>): {
  ca: string;
} {
  try {
    return { ca: readFileSync(DB_CA_FILE, 'utf8') };
  } catch (error) {
    throw new CarillonError('invalid_configuration', `DB_CA_FILE cannot be read: ${messageOf(error)}`);
  }
}

/** Signed with the credentials of the SDK's own chain (the task role), for this role at this address. */
function tokensFor(config: Config<typeof postgresSettings>): () => Promise<string> {
  const signer = new Signer({
    hostname: config.DB_HOST,
    port: config.DB_PORT,
    username: config.DB_USER,
    region: config.AWS_REGION,
  });
  return iamTokens({ sign: () => signer.getAuthToken(), clock: systemClock() });
}
