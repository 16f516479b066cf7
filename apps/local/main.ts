import { fileURLToPath } from 'node:url';
import { services } from '#shared/topology.ts';
import { runUntilSignal } from './run.ts';
import { readLocalConfig } from './settings.ts';

/** `npm start`: the whole system on this machine. Described in docs/local-stack.md. */
await runUntilSignal(() => ({
  config: readLocalConfig(process.env),
  services,
  root: fileURLToPath(new URL('../../', import.meta.url)),
  carrierModule: fileURLToPath(new URL('./carrier/main.ts', import.meta.url)),
  consoleModule: fileURLToPath(new URL('../console/build/main.ts', import.meta.url)),
  isBundled: true,
  hungAfterMs: 15_000,
}));
