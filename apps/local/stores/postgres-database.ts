import pg from 'pg';
import { type PostgresPlace, postgresUrl } from './postgres.ts';

/** Creates the database unless it is there. */
export async function createDatabaseIfMissing(
  place: Pick<PostgresPlace, 'port' | 'password'>,
  name: string,
): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl(place, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
