import { checkKeys } from '#shared/erasure/keys.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { inboundLogConsumer, logConsumer } from './persist.ts';
import { logSettings } from './settings.ts';

await runService('log', logSettings, async (context) => {
  const { config, logger, metrics, pool } = context;
  const pseudonyms = config.CONSENT_PEPPER;
  await checkKeys(pool, pseudonyms);
  const deps = { logger, metrics, pseudonyms, withinDays: config.REPLY_WITHIN_DAYS };
  return startStreamService(context, {
    pool,
    consumers: [logConsumer(deps), inboundLogConsumer(deps)],
  });
});
