import { type Config, flag, integer, type Settings, text } from '#shared/config.ts';
import type { Logger } from '#shared/logger.ts';
import { createPool, type Pool } from './pool.ts';

/** Settings of every service that speaks to PostgreSQL. */
export const postgresSettings = {
  DB_HOST: text({ help: 'Host of PostgreSQL.' }),
  DB_PORT: integer({ min: 1, max: 65535 }, { fallback: '5432', help: 'Port of PostgreSQL.' }),
  DB_NAME: text({ fallback: 'carillon', help: 'Name of the database.' }),
  DB_USER: text({ help: "The service's own role." }),
  DB_PASSWORD: { ...text({ help: 'Password of the role; local use.' }), secret: true },
  DB_SSL: flag({ fallback: 'false', help: 'Whether to require TLS with a valid certificate.' }),
  DB_POOL_MAX: integer(
    { min: 1, max: 100 },
    { fallback: '8', unit: 'connections', help: 'Most connections of one task.' },
  ),
} satisfies Settings;

export function poolFrom(
  config: Config<typeof postgresSettings>,
  applicationName: string,
  logger: Logger,
): Pool {
  return createPool(
    {
      host: config.DB_HOST,
      port: config.DB_PORT,
      database: config.DB_NAME,
      user: config.DB_USER,
      password: config.DB_PASSWORD,
      ssl: config.DB_SSL,
      max: config.DB_POOL_MAX,
      applicationName,
    },
    (error) => logger.warn({ err: error }, 'an idle database connection broke and was discarded'),
  );
}
