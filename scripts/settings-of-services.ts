import type { Settings } from '#shared/config.ts';
import { dialogSettings } from '../apps/dialog/settings.ts';
import { gatewaySettings } from '../apps/gateway/settings.ts';
import { localSettings } from '../apps/local/settings.ts';
import { logSettings } from '../apps/log/settings.ts';
import { migrateSettings } from '../apps/migrate/settings.ts';
import { opsSettings } from '../apps/ops/settings.ts';
import { outboundSettings } from '../apps/outbound/settings.ts';
import { progressSettings } from '../apps/progress/settings.ts';
import { senderSettings } from '../apps/sender/settings.ts';

/** What the documentation of configuration lists, by service. */
export const settingsOfServices: ReadonlyMap<string, Settings> = new Map<string, Settings>([
  ['gateway', gatewaySettings],
  ['dialog', dialogSettings],
  ['outbound', outboundSettings],
  ['sender', senderSettings],
  ['progress', progressSettings],
  ['log', logSettings],
  ['migrate (one-off task)', migrateSettings],
  ['npm run ops', opsSettings],
  ['npm start', localSettings],
]);
