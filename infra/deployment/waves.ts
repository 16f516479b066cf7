import type { ServiceRow } from '#shared/topology.ts';

type Row = Pick<ServiceRow, 'scaling' | 'receives' | 'publicPaths' | 'carriers'>;

/**
 * When a service rolls: who reads before who writes, so that nobody puts what its reader does not know yet. Consumers
 * of streams and workers on tables first, then those that receive from queues, then what carriers reach, then what
 * people reach.
 */
export function waveOf(row: Row): 0 | 1 | 2 | 3 {
  if (row.publicPaths.length > 0) return row.carriers ? 2 : 3;
  return row.receives.length > 0 ? 1 : 0;
}

/** Names by wave, in order, without empty waves. */
export function deploymentWaves<Name extends string>(rows: Readonly<Record<Name, Row>>): Name[][] {
  const entries = Object.entries<Row>(rows) as [Name, Row][];
  return [0, 1, 2, 3]
    .map((wave) => entries.filter(([, row]) => waveOf(row) === wave).map(([name]) => name))
    .filter((names) => names.length > 0);
}
