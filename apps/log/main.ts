import { checkKeys } from '#shared/erasure/keys.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { createPublisher } from '#shared/live-events/publish.ts';
import { createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { logSettings } from './settings.ts';

await runService('log', logSettings, async (context) => {
  const { clock, config, logger, metrics, pool } = context;
  const pseudonyms = config.CONSENT_PEPPER;
  await checkKeys(pool, pseudonyms);
  const redis = createRedis(config, logger);
  const publish = createPublisher(redis, logger);
  const callsChanged = (): void => publish('calls', { changedAt: clock.now().toISOString() });
  const deps = { logger, metrics, pseudonyms, withinDays: config.REPLY_WITHIN_DAYS };
  const service = startStreamService(context, {
    pool,
    consumers: [logConsumer({ ...deps, callsChanged }), inboundLogConsumer(deps)],
  });
  return {
    ...service,
    stop: async () => {
      await service.stop();
      redis.disconnect();
    },
  };
});
