import type { Settings } from '#shared/config.ts';
import { TASK_ENVIRONMENT } from '#shared/container.ts';
import { serviceSettings } from '#shared/service.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { settingsOfServices } from '../../scripts/settings-of-services.ts';
import { secretVariables } from './variables.ts';

/** All settings of a service: those of the frame that every service has, and its own. */
export function settingsOf(service: ServiceName): Settings {
  const own = settingsOfServices.get(service);
  if (own === undefined) throw new Error(`scripts/settings-of-services.ts has no settings of ${service}`);
  return { ...serviceSettings, ...own };
}

/** Every variable that is a secret of some service, once, in order. `carriers`: those that are set up. */
export const secretsOfServices = (carriers: string): string[] => {
  const known = { ...TASK_ENVIRONMENT, CARRIERS: carriers };
  const names = Object.keys(services) as ServiceName[];
  return [...new Set(names.flatMap((name) => secretVariables(settingsOf(name), known)))].sort();
};
