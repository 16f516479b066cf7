import { connectDrills } from '#shared/content/connect.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { runService } from '#shared/service.ts';
import { createSqs, queueUrls } from '#shared/sqs/client.ts';
import { createQueueSender } from '#shared/sqs/queue-sender.ts';
import { services } from '#shared/topology.ts';
import { outboundConsumer } from './follow-events.ts';
import { outboundSettings } from './settings.ts';

await runService('outbound', outboundSettings, async (context) => {
  const { clock, config, logger, pool } = context;
  await checkKeys(pool, config.CONSENT_PEPPER);
  const { drills, close } = await connectDrills(context);
  const sqs = createSqs(config);
  const urls = await queueUrls(sqs, config, services.outbound.sends);
  const words = {
    defaultSender: config.ORIGINATION_NUMBER,
    organisation: config.ORGANISATION,
    contact: config.ORGANISATION_CONTACT,
    carrierAnswersKeywords: config.CARRIER_ANSWERS_KEYWORDS,
  };
  const service = startStreamService(context, {
    pool,
    consumers: [outboundConsumer(drills, words, clock, config.CONSENT_PEPPER, gateConfigFrom(config))],
    queues: createQueueSender({ sqs, urls, clock, logger }),
  });
  return {
    notReady: service.notReady,
    stop: async () => {
      await service.stop();
      await close();
      sqs.destroy();
    },
  };
});
