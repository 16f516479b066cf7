import { BusinessTime } from '#shared/business-clock/business-time.ts';
import { refuseElsewhere } from '#shared/business-clock/settings.ts';
import { readClock } from '#shared/business-clock/store.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import type { Config } from '#shared/config.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { opsSettings } from './settings.ts';

/**
 * The time that an operator's command writes down: on the local stack its business time, as it stands when the command
 * begins. A consent taken down in the past of a person who texts in the future would be an old one.
 */
export async function clockOf(config: Config<typeof opsSettings>, pool: Pool): Promise<Clock> {
  if (!config.TIME_CAN_SKIP) return systemClock();
  refuseElsewhere(config);
  const machine = systemClock();
  return systemClock(new BusinessTime(machine, await readClock(pool)));
}
