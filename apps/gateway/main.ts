import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { createCarriers, createVoice } from '#shared/carriers/create-carriers.ts';
import { inboundCallAddress, webhookAddresses } from '#shared/carriers/webhook-addresses.ts';
import { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { connectStreams } from '#shared/kinesis/connect.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import { createSlotRelay } from '#shared/outbox/slot-relay.ts';
import { createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { services } from '#shared/topology.ts';
import { voiceRoutes } from './calls/voice-routes.ts';
import { startStatusFollowUp } from './follow-up/follow-up.ts';
import { startForgetting } from './links/forget-clicks.ts';
import { startLinks } from './links/start.ts';
import { startListening } from './listening.ts';
import { MissedTexts } from './missed-texts.ts';
import { startLateTexts } from './parts/late-texts.ts';
import { gatewaySettings, reviewPolicyOf } from './settings.ts';
import { createWebhooks } from './webhooks.ts';

/** Below the deadline of an answer, so that a stream that is away is answered with 503 and not with silence. */
const PUT_PATIENCE_MS = 5_000;

await runService('gateway', gatewaySettings, async (context) => {
  const { config, clock, instance, logger, metrics, name, pool } = context;
  const carriers = [...createCarriers(config, { now: () => clock.machineTime() }).values()];
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

  const missed = new MissedTexts();
  const links = startLinks(context);
  const app = createWebhooks(carriers, deps, { withinDays: config.REPLY_WITHIN_DAYS, missed });
  app.set('trust proxy', config.GATEWAY_PROXIES);
  app.use(links.routes);
  const voice = createVoice(config);
  if (voice !== null) {
    const heard = { publicUrl: config.PUBLIC_URL, organisation: config.ORGANISATION };
    app.use(voiceRoutes(voice, { ...deps, ...heard }));
  }
  const server = await startPublicServer(app, {
    host: config.SERVICE_HOST,
    port: config.PORT,
    keepAliveMs: config.KEEP_ALIVE_MS,
  });
  const listening = await Promise.all(
    carriers.map((carrier) =>
      startListening(
        carrier,
        {
          aliveMs: config.INBOUND_ALIVE_MS,
          outageMs: config.INBOUND_OUTAGE_MS,
          missed,
          sweepEveryMs: config.SWEEP_INTERVAL_MS,
          probeStreams: async () => {
            await Promise.all(
              services.gateway.puts.map((stream) =>
                streams.kinesis.send(
                  new DescribeStreamSummaryCommand({ StreamName: streams.nameOf(stream) }),
                ),
              ),
            );
          },
        },
        deps,
      ),
    ),
  );
  const times = { firstMs: config.STATUS_FIRST_LOOK_MS, unconfirmedMs: config.STATUS_UNCONFIRMED_MS };
  const followUps = carriers.map((carrier) => startStatusFollowUp(carrier, times, deps));
  const lateTexts = startLateTexts(deps, { liveness: context.liveness, onFailure: context.fail });
  const forgetting = startForgetting(
    { pool, clock, logger },
    { days: config.LINK_CLICK_DAYS, liveness: context.liveness, onFailure: context.fail },
  );
  for (const carrier of carriers) {
    logger.info(
      { carrier: carrier.name, port: server.port, ...webhookAddresses(config.PUBLIC_URL, carrier.name) },
      'receives webhooks; the carrier must be set to these addresses, fragment included',
    );
  }
  if (voice !== null) {
    logger.info(
      { carrier: voice.name, calls: inboundCallAddress(config.PUBLIC_URL, voice.name) },
      'receives calls; numbers that people are to call back must be set to this address at the carrier',
    );
  }

  return {
    notReady: () => listening.map((each) => each.notReady()).find((reason) => reason !== null) ?? null,
    stop: async () => {
      await Promise.all([
        ...listening.map((each) => each.stop()),
        ...followUps.map((each) => each.stop()),
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
