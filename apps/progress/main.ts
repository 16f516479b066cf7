import { configuredDrills } from '#shared/drills/settings.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { progressConsumer } from './follow-events.ts';
import { progressSettings } from './settings.ts';

await runService('progress', progressSettings, async (context) => {
  const { config, pool } = context;
  const drills = await configuredDrills(config);
  return startStreamService(context, { pool, consumers: [progressConsumer(drills)] });
});
