import pg from 'pg';
import { systemClock } from '#shared/clock.ts';
import { readConfig } from '#shared/config.ts';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { createLogger, type Logger } from '#shared/logger.ts';
import { applyGrants } from '#shared/postgres/grants.ts';
import { migrate } from '#shared/postgres/migrate.ts';
import { isTransientDatabaseError, tlsOptions } from '#shared/postgres/pool.ts';
import { authoritiesOf } from '#shared/postgres/settings.ts';
import { services } from '#shared/topology.ts';
import { Patience } from './patience.ts';
import { migrateSettings } from './settings.ts';

/**
 * The one-off task that runs before services are rolled: brings the schema up to date and gives every service's role
 * what the topology says; where there is no content yet, it publishes the first. Idempotent; several at a time wait for each other. Ends with 0 after one line that says what
 * was done, or with 1 after one that says why not: what was migrated by then stays, and the next run goes on. Not a service: it serves nothing and has no row in the topology.
 */

/** A database that paused takes about 15 s to come back; one that fails over, up to a minute. */
const PATIENCE_MS = 90_000;
const RETRY_MS = 2_000;
const CONNECT_MS = 30_000;

const clock = systemClock();

async function run(): Promise<void> {
  const config = readConfig(migrateSettings, process.env);
  const database: pg.ClientConfig = {
    host: config.DB_HOST,
    port: config.DB_PORT,
    database: config.DB_NAME,
    user: config.DB_SECRET.username,
    password: config.DB_SECRET.password,
    ssl: tlsOptions(config.DB_SSL ? authoritiesOf(config) : undefined),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'carillon-migrate',
  };
  const logger = createLogger('migrate', config.LOG_LEVEL);
  const patience = new Patience(clock, PATIENCE_MS);
  for (;;) {
    try {
      const applied = await migrate(database, (line) => {
        patience.hear(line);
        logger.debug({}, line);
      });
      await applyGrants(database);
      await checkKeysOf(database, config.CONSENT_PEPPER);
      const seeded = await seed(database, config.CONTENT_DIR, logger);
      const migrations = applied.length === 0 ? 'nothing to migrate' : `migrated to ${applied.at(-1)}`;
      logger.info(
        { applied },
        `${migrations}; grants applied to ${Object.keys(services).length} roles${seeded}`,
      );
      return;
    } catch (error) {
      if (!isTransientDatabaseError(error) || patience.isOver) throw error;
      logger.warn({ err: error }, `not migrated yet, and tried again: ${messageOf(error)}`);
      await clock.sleep(RETRY_MS);
    }
  }
}

/** The first content of an environment; says what it was. */
async function seed(database: pg.ClientConfig, given: string | null, logger: Logger): Promise<string> {
  const pool = new pg.Pool({ ...database, max: 1 });
  pool.on('error', (error) => logger.warn({ err: error }, 'a database connection broke'));
  try {
    // Nobody said which: the sample programme is for an environment that nobody uses yet.
    const refuseWhereUsed = given === null;
    const directory = given ?? sampleContentDirectory;
    const seeded = await seedContent(pool, { directory, now: clock.now(), refuseWhereUsed });
    return seeded === null
      ? ''
      : `; ${seeded.programmes} programme(s) with ${seeded.drills} drill(s) published`;
  } finally {
    await pool.end();
  }
}

/** No service starts with a key under which nobody would be found: better, none is rolled. */
async function checkKeysOf(database: pg.ClientConfig, pseudonyms: Pseudonyms): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    await checkKeys(client, pseudonyms);
  } finally {
    await client.end();
  }
}

try {
  await run();
} catch (error) {
  if (error instanceof CarillonError) process.stderr.write(`${error.message}\n`);
  else createLogger('migrate', 'info').error({ err: error }, `not migrated: ${messageOf(error)}`);
  process.exitCode = 1;
}
