import { fileURLToPath } from 'node:url';
import { flag, integer, readConfig } from '#shared/config.ts';
import { runUntilSignal } from '../../apps/local/run.ts';
import { localSettings } from '../../apps/local/settings.ts';

/** `npm start` with fixture services in place of the real ones. */
const fixture = 'test/local-stack/fixture-service.ts';
const { HUNG_AFTER_MS: hungAfterMs, BUILDS_CONSOLE: buildsConsole } = readConfig(
  {
    HUNG_AFTER_MS: integer(
      { min: 1, max: 60_000 },
      { fallback: '15000', help: 'When a service that is silent is killed.' },
    ),
    BUILDS_CONSOLE: flag({ fallback: 'false', help: 'Whether a console is built, which never ends.' }),
  },
  process.env,
);

await runUntilSignal(() => ({
  config: readConfig(localSettings, process.env),
  services: {
    gateway: { entry: fixture, publicPaths: ['/webhooks/*'], tables: { phone: ['select', 'insert'] } },
    log: { entry: fixture, publicPaths: [], tables: { message_log: ['select'] } },
  },
  root: fileURLToPath(new URL('../../', import.meta.url)),
  carrierModule: fileURLToPath(new URL('../../apps/local/carrier/main.ts', import.meta.url)),
  consoleModule: buildsConsole ? fileURLToPath(new URL('./fixture-build.ts', import.meta.url)) : null,
  isBundled: false,
  hungAfterMs,
}));
