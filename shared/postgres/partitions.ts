import pg from 'pg';

/** Tables in monthly partitions, with the column that divides them. Each has a partition `<table>_default`. */
const MONTHLY = [{ table: 'decision', column: 'decided_at' }] as const;

/** Months that exist ahead of the present one after every run: two years may pass between two deployments. */
const MONTHS_AHEAD = 24;

/** Serialises those who make partitions of the same database. */
const PARTITIONS_LOCK = 7_311_402;

/**
 * Makes the partitions of this month and the next two years that are missing, all or none, and returns their names.
 * Idempotent; to be run by the owner of the tables. A month of which the default partition has rows already stays
 * there: nothing is lost, it is only archived with the rest.
 */
export async function makePartitions(database: string | pg.ClientConfig, now: Date): Promise<string[]> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
    const made: string[] = [];
    for (const { table, column } of MONTHLY) made.push(...(await makeMonths(client, table, column, now)));
    await client.query('COMMIT');
    return made;
  } finally {
    // Without a COMMIT, the end of the connection takes everything back.
    await client.end();
  }
}

async function makeMonths(client: pg.Client, table: string, column: string, now: Date): Promise<string[]> {
  const { rows: known } = await client.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass`,
    [table],
  );
  const { rows: kept } = await client.query<{ month: string }>(
    `SELECT DISTINCT to_char(${pg.escapeIdentifier(column)} AT TIME ZONE 'UTC', 'YYYY_MM') AS month
       FROM ${pg.escapeIdentifier(`${table}_default`)}`,
  );
  const taken = new Set([...known.map(({ name }) => name), ...kept.map(({ month }) => `${table}_${month}`)]);
  const missing = monthsFrom(now)
    .map((month) => ({ month, name: `${table}_${month.toISOString().slice(0, 7).replace('-', '_')}` }))
    .filter(({ name }) => !taken.has(name));
  if (missing.length > 0) {
    await client.query(missing.map(({ month, name }) => partitionOf(table, name, month)).join(';\n'));
  }
  return missing.map(({ name }) => name);
}

const partitionOf = (table: string, name: string, month: Date): string =>
  `CREATE TABLE ${pg.escapeIdentifier(name)} PARTITION OF ${pg.escapeIdentifier(table)}
     FOR VALUES FROM (${pg.escapeLiteral(month.toISOString())}) TO (${pg.escapeLiteral(monthAfter(month, 1).toISOString())})`;

const monthAfter = (month: Date, months: number): Date =>
  new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + months, 1));

const monthsFrom = (now: Date): Date[] =>
  Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) => monthAfter(now, ahead));
