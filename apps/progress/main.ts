import { configuredDrills } from '#shared/drills/settings.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { poolFrom } from '#shared/postgres/settings.ts';
import { runService } from '#shared/service.ts';
import { progressConsumer } from './follow-events.ts';
import { progressSettings } from './settings.ts';

await runService('progress', progressSettings, async (context) => {
  const { config, logger, name } = context;
  const drills = await configuredDrills(config);
  const pool = poolFrom(config, name, logger);
  const service = startStreamService(context, { pool, consumers: [progressConsumer(drills)] });
  return {
    notReady: service.notReady,
    stop: async () => {
      await service.stop();
      await pool.end();
    },
  };
});
