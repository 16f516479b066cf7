import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { makePartitions } from './partitions.ts';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

/**
 * Brings the database to the newest schema, with the monthly partitions of the time to come; a no-op when it is there.
 * Each migration commits by itself, so that none holds the locks of those before it; when one fails those before it stay, and
 * whoever calls again goes on with it. Callers at the same time wait for each other (advisory lock). There is no way down:
 * migrations only add, and drop what the version before no longer uses.
 * @returns names of the migrations that were applied, in order.
 */
export async function migrate(
  database: string | pg.ClientConfig,
  log?: (line: string) => void,
): Promise<string[]> {
  const applied = await runner({
    databaseUrl: database,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'schema_migration',
    checkOrder: true,
    singleTransaction: false,
    advisoryLockMode: 'wait',
    log: log ?? (() => undefined),
  });
  await makePartitions(database, new Date());
  return applied.map(({ name }) => name);
}
