import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { poolFrom } from '#shared/postgres/settings.ts';
import { runService } from '#shared/service.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { logSettings } from './settings.ts';

await runService('log', logSettings, async (context) => {
  const { config, logger, metrics, name } = context;
  const pool = poolFrom(config, name, logger);
  const service = startStreamService(context, {
    pool,
    consumers: [logConsumer({ logger, metrics }), inboundLogConsumer({ logger, metrics })],
  });
  return {
    notReady: service.notReady,
    stop: async () => {
      await service.stop();
      await pool.end();
    },
  };
});
