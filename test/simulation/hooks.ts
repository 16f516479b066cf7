import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type PlantedBug, planted, plantedBugs } from './planted-bugs.ts';

/**
 * Puts stand-ins in the place of the modules that lead out of a process, so that the services' own main.ts run as they are.
 * Nothing in production knows of it: what a module exports is the seam. To be called before any of them is imported. `bugs` are
 * put into the text of modules, where they do nothing until they are turned on.
 */
export function standIn({ bugs = [] }: { bugs?: readonly PlantedBug[] } = {}): void {
  const changed = new Map(
    bugs.flatMap((bug) => plantedBugs[bug].changes.map(({ file }) => [urlOf(file), file])),
  );
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = context.parentURL ?? '';
      const replaced = only.find((each) => parent === each.parent && specifier === each.specifier);
      if (replaced !== undefined) return { url: replaced.by, shortCircuit: true };
      const resolved = next(specifier, context);
      const by = modules.get(resolved.url);
      return by === undefined || parent.startsWith(OUTSIDE) ? resolved : { ...resolved, url: by };
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      const file = changed.get(url);
      return file === undefined ? loaded : { ...loaded, source: planted(file, String(loaded.source), bugs) };
    },
  });
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const urlOf = (path: string): string => pathToFileURL(`${ROOT}${path}`).href;
const OUTSIDE = urlOf('test/simulation/outside/');

/** What leads out of a process, and what stands in for it. */
const modules = new Map(
  Object.entries({
    'shared/service.ts': 'service.ts',
    'shared/postgres/settings.ts': 'postgres.ts',
    'shared/kinesis/client.ts': 'kinesis.ts',
    'shared/sqs/client.ts': 'sqs.ts',
    'shared/redis/client.ts': 'redis.ts',
    'shared/carriers/create-carriers.ts': 'carriers.ts',
    'shared/http/public-server.ts': 'public-server.ts',
  }).map(([module, by]) => [urlOf(module), `${OUTSIDE}${by}`]),
);

/** And what is replaced for one module alone: randomness, and waiting. */
const only = [
  { parent: urlOf('shared/ids-in-order.ts'), specifier: 'uuid', by: `${OUTSIDE}uuid.ts` },
  { parent: urlOf('test/driver/phone.ts'), specifier: 'node:timers/promises', by: `${OUTSIDE}timers.ts` },
];
