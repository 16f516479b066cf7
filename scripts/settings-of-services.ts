import type { Setting, Settings } from '#shared/config.ts';
import { services } from '#shared/topology.ts';
import { localSettings } from '../apps/local/settings.ts';
import { migrateSettings } from '../apps/migrate/settings.ts';
import { agentCommandSettings } from '../apps/ops/agent/settings.ts';
import { dispatchSettings } from '../apps/ops/campaigns/settings.ts';
import { opsSettings } from '../apps/ops/settings.ts';

/** The module of a service's settings lies beside its entry and exports them as `NAMESettings`: `senderSettings`. */
async function settingsOfModule(service: string, entry: string): Promise<Settings> {
  const module: Readonly<Record<string, unknown>> = await import(
    new URL(`../${entry.replace(/[^/]+$/, 'settings.ts')}`, import.meta.url).href
  );
  const name = `${service.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}Settings`;
  const settings = module[name];
  if (!isSettings(settings)) throw new Error(`the settings of ${service} must be exported as ${name}`);
  return settings;
}

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && Object.values(value).every(isSetting);

const isSetting = (value: unknown): value is Setting<unknown> =>
  typeof value === 'object' && value !== null && 'schema' in value && 'help' in value && 'secret' in value;

/** What the documentation of configuration lists, by service. */
export const settingsOfServices: ReadonlyMap<string, Settings> = new Map<string, Settings>([
  ...(await Promise.all(
    Object.entries(services).map(
      async ([service, { entry }]): Promise<[string, Settings]> => [
        service,
        await settingsOfModule(service, entry),
      ],
    ),
  )),
  ['migrate (one-off task)', migrateSettings],
  ['npm run ops', opsSettings],
  ['npm run ops -- dispatch', dispatchSettings],
  ['npm run ops -- agent', agentCommandSettings],
  ['npm start', localSettings],
]);
