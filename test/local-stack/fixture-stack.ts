import { fileURLToPath } from 'node:url';
import { readConfig } from '#shared/config.ts';
import { runUntilSignal } from '../../apps/local/run.ts';
import { localSettings } from '../../apps/local/settings.ts';

/** `npm start` with fixture services in place of the real ones. */
const fixture = 'test/local-stack/fixture-service.ts';

await runUntilSignal(() => ({
  config: readConfig(localSettings, process.env),
  services: {
    gateway: { entry: fixture, publicPaths: ['/webhooks/*'], tables: { phone: ['select', 'insert'] } },
    log: { entry: fixture, publicPaths: [], tables: { message_log: ['select'] } },
  },
  root: fileURLToPath(new URL('../../', import.meta.url)),
  carrierModule: fileURLToPath(new URL('../../apps/local/carrier/main.ts', import.meta.url)),
  hungAfterMs: 1_000,
}));
