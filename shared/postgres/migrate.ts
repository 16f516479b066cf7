import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

const MIGRATIONS = fileURLToPath(new URL('./migrations/', import.meta.url));

/**
 * Brings the database to the newest schema; a no-op when it is there. All pending migrations commit together or not
 * at all. Callers at the same time wait for each other (advisory lock). There is no way down: migrations only add,
 * and drop what the version before no longer uses.
 * @returns names of the migrations that were applied, in order.
 */
export async function migrate(databaseUrl: string, log?: (line: string) => void): Promise<string[]> {
  const applied = await runner({
    databaseUrl,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'schema_migration',
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    log: log ?? (() => undefined),
  });
  return applied.map(({ name }) => name);
}
