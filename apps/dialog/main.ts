import { configuredDrills } from '#shared/drills/settings.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { poolFrom } from '#shared/postgres/settings.ts';
import { runService } from '#shared/service.ts';
import { startForgetting } from './forget.ts';
import { dialogConsumer } from './handle-commands.ts';
import { dialogSettings } from './settings.ts';

await runService('dialog', dialogSettings, async (context) => {
  const { clock, config, fail, logger, metrics, name } = context;
  const drills = await configuredDrills(config);
  const pool = poolFrom(config, name, logger);
  const consumer = dialogConsumer({
    drills,
    clock,
    logger,
    metrics,
    defaultSender: config.ORIGINATION_NUMBER,
    defaultLanguage: config.DEFAULT_LANGUAGE,
  });
  const service = startStreamService(context, { pool, consumers: [consumer] });
  const stopForgetting = startForgetting({ pool, clock, logger, onFailure: fail });
  return {
    notReady: service.notReady,
    stop: async () => {
      await Promise.all([service.stop(), stopForgetting()]);
      await pool.end();
    },
  };
});
