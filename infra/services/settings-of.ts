import type { Settings } from '#shared/config.ts';
import { serviceSettings } from '#shared/service.ts';
import type { ServiceName } from '#shared/topology.ts';
import { settingsOfServices } from '../../scripts/settings-of-services.ts';

/** All settings of a service: those of the frame that every service has, and its own. */
export function settingsOf(service: ServiceName): Settings {
  const own = settingsOfServices.get(service);
  if (own === undefined) throw new Error(`scripts/settings-of-services.ts has no settings of ${service}`);
  return { ...serviceSettings, ...own };
}
