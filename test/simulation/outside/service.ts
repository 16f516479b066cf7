import type { Settings } from '#shared/config.ts';
import type { RunningService, runService as realRunService, ServiceContext } from '#shared/service.ts';
import type { ServiceName } from '#shared/topology.ts';

export { serviceSettings } from '#shared/service.ts';

/** A service as its main.ts wants to be run. */
export interface Body {
  settings: Settings;
  start(context: ServiceContext<Settings>): Promise<RunningService>;
}

const bodies = new Map<ServiceName, Body>();

/** Notes what a main.ts wants to run, instead of running it. */
export const runService: typeof realRunService = async (name, settings, start) => {
  bodies.set(name, { settings, start: start as unknown as Body['start'] });
};

export function bodyOf(name: ServiceName): Body {
  const body = bodies.get(name);
  if (body === undefined) throw new Error(`the main.ts of ${name} was not loaded`);
  return body;
}
