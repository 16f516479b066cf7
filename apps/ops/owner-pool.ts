import type { Config } from '#shared/config.ts';
import type { Logger } from '#shared/logger.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { authoritiesOf } from '#shared/postgres/settings.ts';
import type { opsSettings } from './settings.ts';

/** Connections of the owner of the database: one that works, one that looks. */
export const ownerPool = (config: Config<typeof opsSettings>, logger: Logger): Pool =>
  createPool(
    {
      host: config.DB_HOST,
      port: config.DB_PORT,
      database: config.DB_NAME,
      user: config.DB_SECRET.username,
      password: config.DB_SECRET.password,
      ...(config.DB_SSL ? { tls: authoritiesOf(config) } : {}),
      max: 2,
      applicationName: 'carillon-ops',
    },
    (error) => logger.error({ err: error }, 'an idle database connection broke'),
  );
