import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { webhookAddresses } from '#shared/carriers/webhook-addresses.ts';
import { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { connectStreams } from '#shared/kinesis/connect.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import { createSlotRelay } from '#shared/outbox/slot-relay.ts';
import { createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { services } from '#shared/topology.ts';
import { startStatusFollowUp } from './follow-up/follow-up.ts';
import { startForgettingClicks } from './links/forget-clicks.ts';
import { startLinks } from './links/start.ts';
import { startListening } from './listening.ts';
import { startLateTexts } from './parts/late-texts.ts';
import { gatewaySettings, reviewPolicyOf } from './settings.ts';
import { createWebhooks } from './webhooks.ts';

/** Below the deadline of an answer, so that a stream that is away is answered with 503 and not with silence. */
const PUT_PATIENCE_MS = 5_000;

await runService('gateway', gatewaySettings, async (context) => {
  const { config, clock, instance, logger, metrics, name, pool } = context;
  const carrier = createTwilioCarrier(config);
  const pseudonyms = config.CONSENT_PEPPER;
  await checkKeys(pool, pseudonyms);
  const streams = connectStreams(config, { clock, logger, metrics, putPatienceMs: PUT_PATIENCE_MS });
  const relay = createSlotRelay({
    pool,
    producer: name,
    instance,
    publisher: createPublisher({ producer: streams.producer }),
    clock,
    logger,
    metrics,
    onFailure: context.fail,
    liveness: context.liveness,
  });
  const redis = createRedis(config, logger);
  const cache = new SuppressionCache({ redis, clock, logger, pseudonyms });
  const reviewPolicy = reviewPolicyOf(config);
  const { producer } = streams;
  const deps = { pool, producer, relay, cache, pseudonyms, reviewPolicy, clock, logger, metrics };

  const links = startLinks(context);
  const app = createWebhooks([carrier], deps);
  app.set('trust proxy', config.GATEWAY_PROXIES);
  app.use(links.routes);
  const server = await startPublicServer(app, {
    host: config.SERVICE_HOST,
    port: config.PORT,
    keepAliveMs: config.KEEP_ALIVE_MS,
  });
  const listening = await startListening(
    carrier,
    {
      aliveMs: config.INBOUND_ALIVE_MS,
      outageMs: config.INBOUND_OUTAGE_MS,
      sweepEveryMs: config.SWEEP_INTERVAL_MS,
      probeStreams: async () => {
        await Promise.all(
          services.gateway.puts.map((stream) =>
            streams.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: streams.nameOf(stream) })),
          ),
        );
      },
    },
    deps,
  );
  const followUp = startStatusFollowUp(
    carrier,
    { firstMs: config.STATUS_FIRST_LOOK_MS, unconfirmedMs: config.STATUS_UNCONFIRMED_MS },
    deps,
  );
  const lateTexts = startLateTexts(deps, { liveness: context.liveness, onFailure: context.fail });
  const forgetting = startForgettingClicks(
    { pool, clock, logger },
    { days: config.LINK_CLICK_DAYS, liveness: context.liveness, onFailure: context.fail },
  );
  logger.info(
    { port: server.port, ...webhookAddresses(config.PUBLIC_URL, carrier.name) },
    'receives webhooks; the carrier must be set to these addresses, fragment included',
  );

  return {
    notReady: () => listening.notReady(),
    stop: async () => {
      await Promise.all([
        listening.stop(),
        followUp.stop(),
        lateTexts.stop(),
        forgetting.stop(),
        server.stop(config.LINGER_MS),
      ]);
      await links.stop();
      await relay.stop();
      await streams.close();
      redis.disconnect();
    },
  };
});
