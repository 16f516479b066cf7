import { connectDrills } from '#shared/content/connect.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { startForgetting } from './forget.ts';
import { dialogConsumer } from './handle-commands.ts';
import { dialogSettings } from './settings.ts';

await runService('dialog', dialogSettings, async (context) => {
  const { clock, config, fail, logger, metrics, pool } = context;
  await checkKeys(pool, config.CONSENT_PEPPER);
  const { drills, close } = await connectDrills(context);
  const consumer = dialogConsumer({
    drills,
    clock,
    logger,
    metrics,
    defaultSender: config.ORIGINATION_NUMBER,
    defaultLanguage: config.DEFAULT_LANGUAGE,
    pseudonyms: config.CONSENT_PEPPER,
  });
  const service = startStreamService(context, { pool, consumers: [consumer] });
  const stopForgetting = startForgetting({ pool, clock, logger, onFailure: fail });
  return {
    notReady: service.notReady,
    stop: async () => {
      await Promise.all([service.stop(), stopForgetting()]);
      await close();
    },
  };
});
