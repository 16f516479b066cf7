import type { Config } from '#shared/config.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { contentSettings } from '#shared/drills/settings.ts';
import { poolFrom, type postgresSettings } from '#shared/postgres/settings.ts';
import type { ServiceContext } from '#shared/service.ts';
import { publishedDrills } from './published.ts';

/**
 * Drills and programmes for a service, over one connection of its own, which is closed while nobody asks. The first look
 * is taken here: a service that cannot have them does not start.
 */
export async function connectDrills(
  {
    clock,
    config,
    logger,
    name,
  }: Pick<ServiceContext<typeof contentSettings>, 'clock' | 'logger' | 'name'> & {
    config: Config<typeof contentSettings> & Config<typeof postgresSettings>;
  },
  { checkEveryMs }: { checkEveryMs?: number } = {},
): Promise<{ drills: Drills; close(): Promise<void> }> {
  const pool = poolFrom(config, `${name}-content`, logger, { max: 1 });
  const drills = publishedDrills({
    pool,
    clock,
    defaultSender: config.ORIGINATION_NUMBER,
    ...(checkEveryMs === undefined ? {} : { checkEveryMs }),
  });
  await drills.current();
  return { drills, close: () => pool.end() };
}
