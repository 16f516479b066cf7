import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

/**
 * Puts stand-ins in the place of the modules that lead out of a process, so that the services' own main.ts run as they are.
 * Nothing in production knows of it: what a module exports is the seam. To be called before any of them is imported.
 */
export function standIn({ bug = null }: { bug?: PlantedBug | null } = {}): void {
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
      if (bug === null || url !== urlOf(plantedBugs[bug].file)) return loaded;
      return { ...loaded, source: plantedBugs[bug].plant(String(loaded.source)) };
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
