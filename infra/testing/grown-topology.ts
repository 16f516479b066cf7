import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * For `node --import`: the map of the system with one more stream, one more queue and two more services, as if somebody
 * had added those rows to shared/topology.ts and the code of the services, and had changed nothing else. Every module of the process, and
 * of those that inherit NODE_OPTIONS, sees that map.
 */

const TOPOLOGY = new URL('../../shared/topology.ts', import.meta.url).href;
/** Services whose code is not on the disk, with the module of their settings. */
const ADDED = ['archive', 'indexer'];
const settingsUrl = (service: string): string =>
  new URL(`../../apps/${service}/settings.ts`, import.meta.url).href;

const rows: readonly { end: string; added: string }[] = [
  {
    end: '} as const satisfies Record<string, StreamRow>;',
    added: `  'file-events': {
    carries: 'what happened to a file; by file',
    shards: 2,
    traffic: { perMessage: 0, perText: 0.1 },
  },
`,
  },
  {
    end: '} as const satisfies Record<string, QueueRow>;',
    added: `  'archive-jobs.fifo': {
    carries: 'what is to be archived; group: file',
    deadLetter: 'archive-jobs-dead.fifo',
    visibilitySeconds: 45,
    maxReceives: 4,
    allowedDelaySeconds: 120,
    lateAfterSeconds: 1800,
    traffic: { perMessage: 0.01, perText: 0 },
  },
`,
  },
  {
    end: '} as const satisfies Record<string, ServiceRow>;',
    added: `  archive: {
    does: 'archives files and answers for them',
    entry: 'apps/archive/main.ts',
    consumes: {},
    puts: ['file-events'],
    receives: ['archive-jobs.fifo'],
    sends: ['archive-jobs.fifo'],
    relaysSlots: false,
    tables: { message_log: ['select'] },
    files: { imports: ['read'], archives: ['read', 'write'], exports: ['write'] },
    carriers: false,
    publicPaths: ['/files-of-people/*', '/f/*'],
    pathSlot: 98,
    scaling: { by: 'backlog', queues: ['archive-jobs.fifo'] },
    ratePerTask: 20,
    cpu: 256,
    memoryMiB: 512,
  },
  indexer: {
    does: 'follows what happens to files',
    entry: 'apps/indexer/main.ts',
    consumes: { indexer: 'file-events' },
    puts: [],
    receives: [],
    sends: [],
    relaysSlots: false,
    tables: { ...consuming },
    files: { archives: ['read'] },
    carriers: false,
    publicPaths: [],
    scaling: { by: 'iterator-age', streams: ['file-events'] },
    ratePerTask: 200,
    cpu: 256,
    memoryMiB: 512,
  },
`,
  },
];

const settingsOf = (service: string): string => `
import { text } from '#shared/config.ts';
import { streamServiceSettings } from '#shared/kinesis/stream-service.ts';
export const ${service}Settings = {
  ...streamServiceSettings,
  LABEL: text({ fallback: '${service}', help: 'Written on what it does.' }),
};
`;

function grown(source: string): string {
  return rows.reduce((text, { end, added }) => {
    const at = text.indexOf(end);
    if (at < 0) throw new Error(`shared/topology.ts has no table that ends with ${end}`);
    return text.slice(0, at) + added + text.slice(at);
  }, source);
}

const sources = new Map([
  [TOPOLOGY, () => grown(readFileSync(fileURLToPath(TOPOLOGY), 'utf8'))],
  ...ADDED.map((service): [string, () => string] => [settingsUrl(service), () => settingsOf(service)]),
]);

registerHooks({
  resolve: (specifier, context, next) =>
    sources.has(specifier)
      ? { url: specifier, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) => {
    const source = sources.get(url);
    return source === undefined
      ? next(url, context)
      : { format: 'module-typescript', source: source(), shortCircuit: true };
  },
});
