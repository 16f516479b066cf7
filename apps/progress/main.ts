import { configuredDrills } from '#shared/drills/settings.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { progressConsumer } from './follow-events.ts';
import { progressSettings } from './settings.ts';

await runService('progress', progressSettings, async (context) => {
  const { config, pool } = context;
  const drills = await configuredDrills(config);
  await checkKeys(pool, config.CONSENT_PEPPER);
  return startStreamService(context, {
    pool,
    consumers: [progressConsumer(drills, config.CONSENT_PEPPER)],
  });
});
