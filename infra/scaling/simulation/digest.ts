import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { queues, type ServiceRow, services, streams } from '#shared/topology.ts';
import { bounds } from './environment.ts';

const folder = new URL('../', import.meta.url);

/**
 * Of everything that the played day in docs/scaling.md depends on: the code of plans and simulation, and what the topology
 * and the stack of production say of scaling. The document carries it, and a test compares, because playing all the days takes a minute.
 */
export async function sourcesDigest(): Promise<string> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('sizes/'))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\n${await readFile(new URL(name, folder), 'utf8')}`);
  hash.update(
    JSON.stringify(
      Object.entries<ServiceRow>(services).map(([name, row]) => [
        name,
        row.scaling,
        row.consumes,
        row.receives,
        row.carriers,
        row.ratePerTask,
      ]),
    ),
  );
  hash.update(JSON.stringify([queues, streams, bounds]));
  return hash.digest('hex').slice(0, 16);
}
