import { connectDrills } from '#shared/content/connect.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { progressConsumer } from './follow-events.ts';
import { progressSettings } from './settings.ts';

await runService('progress', progressSettings, async (context) => {
  const { config, pool } = context;
  await checkKeys(pool, config.CONSENT_PEPPER);
  const { drills, close } = await connectDrills(context);
  const service = startStreamService(context, {
    pool,
    consumers: [progressConsumer(drills, config.CONSENT_PEPPER)],
  });
  return {
    notReady: service.notReady,
    stop: async () => {
      await service.stop();
      await close();
    },
  };
});
