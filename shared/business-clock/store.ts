import type pg from 'pg';
import type { Instance, Jump } from './jump.ts';

/** A pool, or one connection. */
type AnyClient = Pick<pg.ClientBase, 'query'> | Pick<pg.Pool, 'query'>;

/** On which a word is said when the clock has changed; it carries nothing. */
export const CLOCK_CHANNEL = 'business_clock';

/** The clock as PostgreSQL has it. */
export interface KeptClock extends Jump {
  version: number;
  /** The offset to come, once all have acknowledged; null: none. */
  announcedMs: number | null;
}

/** A bigint: what it is read as is for the whole process to say. */
type Whole = number | string;

interface ClockRow {
  version: Whole;
  previous_ms: Whole;
  offset_ms: Whole;
  jumps_at: Date;
  announced_ms: Whole | null;
}

export function keptClock(row: ClockRow | undefined): KeptClock {
  if (row === undefined) throw new Error('the table business_clock has lost its row');
  return {
    version: Number(row.version),
    previousMs: Number(row.previous_ms),
    offsetMs: Number(row.offset_ms),
    jumpsAt: row.jumps_at.getTime(),
    announcedMs: row.announced_ms === null ? null : Number(row.announced_ms),
  };
}

export async function readClock(db: AnyClient): Promise<KeptClock> {
  const { rows } = await db.query<ClockRow>('SELECT * FROM business_clock');
  return keptClock(rows[0]);
}

/**
 * Reports that an instance is alive and follows the clock up to `version`, and gives the clock as it stands. Whoever
 * listened before it called this misses no later change.
 */
export async function reportInstance(
  db: AnyClient,
  { instance, pid, version }: Omit<Instance, 'silentMs'>,
): Promise<KeptClock> {
  const { rows } = await db.query<ClockRow>(
    `WITH reported AS (
       INSERT INTO business_clock_instance (instance, pid, version) VALUES ($1, $2, $3)
       ON CONFLICT (instance) DO UPDATE SET version = excluded.version, alive_at = clock_timestamp())
     SELECT * FROM business_clock`,
    [instance, pid, version],
  );
  return keptClock(rows[0]);
}

export async function readInstances(db: AnyClient): Promise<Instance[]> {
  const { rows } = await db.query<Instance>(
    `SELECT instance, pid, version::float8 AS version,
            (extract(epoch FROM clock_timestamp() - alive_at) * 1000)::float8 AS "silentMs"
       FROM business_clock_instance ORDER BY instance`,
  );
  return rows;
}
