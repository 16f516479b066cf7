import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { logSettings } from './settings.ts';

await runService('log', logSettings, async (context) => {
  const { logger, metrics, pool } = context;
  return startStreamService(context, {
    pool,
    consumers: [logConsumer({ logger, metrics }), inboundLogConsumer({ logger, metrics })],
  });
});
