import { pricesFrom } from '#shared/campaigns/prices.ts';
import { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import { connectDrills } from '#shared/content/connect.ts';
import { startDueRows } from '#shared/due-rows.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { startPublicServer } from '#shared/http/public-server.ts';
import { createPublisher as createLivePublisher } from '#shared/live-events/publish.ts';
import { connectSlotOutbox } from '#shared/outbox/connect.ts';
import { createBlockingClient, createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { deadLetterUrls } from '#shared/sqs/client.ts';
import { deadEntriesOf } from '#shared/sqs/dead-entries.ts';
import { fifoQueue } from '#shared/sqs/fifo-queue.ts';
import { services } from '#shared/topology.ts';
import { createApp } from './app.ts';
import { askHead } from './campaigns/media/head.ts';
import { campaignPartsFrom } from './campaigns/settings.ts';
import { isBuilt } from './console/serve.ts';
import { clearDeletedField } from './contact-fields/store.ts';
import { startLiveEvents } from './events/start.ts';
import { forgetReplies } from './http/forget-replies.ts';
import { PhoneReferences } from './http/phone-reference.ts';
import { sharedRateLimit } from './http/rate-limit.ts';
import { startNotingUse } from './identity/note-use.ts';
import { oidcConfigOf } from './identity/oidc-settings.ts';
import { waysIn } from './identity/ways-in.ts';
import { apiSettings, checkApiSettings } from './settings.ts';
import { webhookPartsFrom } from './webhooks/settings.ts';
import { startWebhooks } from './webhooks/start.ts';

const FORGET_EVERY_MS = 10 * 60_000;
const CLEAR_EVERY_MS = 60_000;

await runService(
  'api',
  apiSettings,
  async (context) => {
    const { clock, config, liveness, logger, metrics, name, pool } = context;
    const onFailure = context.fail;
    const pseudonyms = config.CONSENT_PEPPER;
    const pepper = config.API_KEY_PEPPER;
    await checkKeys(pool, pseudonyms);
    // Whoever has just published something goes on with it at once.
    const content = await connectDrills(context, { checkEveryMs: 0 });
    const outbox = await connectSlotOutbox(context, services.api.sends);
    const dead = await deadLetterUrls(outbox.sqs, config, services.api.settles);
    const redis = createRedis(config, logger);
    const reader = createBlockingClient(config, logger);
    const live = startLiveEvents({ pool, redis, reader, clock, logger, onFailure, liveness });
    const use = startNotingUse({ pool, clock, logger, onFailure, liveness });
    const forgetting = startDueRows({
      name: 'replies under idempotency keys',
      batch: async () => ({ handled: await forgetReplies(pool, clock.now()), nextInMs: null }),
      idleMs: FORGET_EVERY_MS,
      clock,
      logger,
      onFailure,
      liveness,
    });
    const clearing = startDueRows({
      name: 'values of deleted fields of contacts',
      batch: async () => ({ handled: await clearDeletedField(pool, clock.now()), nextInMs: null }),
      idleMs: CLEAR_EVERY_MS,
      clock,
      logger,
      onFailure,
      liveness,
    });
    const { addresses, secretKey } = webhookPartsFrom(config);
    const webhooks = startWebhooks({
      pool,
      secretKey,
      rule: { addresses },
      attempted: (Outcome) => metrics.observe('WebhookDeliveries', 1, { Outcome }),
      clock,
      logger,
      onFailure,
      liveness,
    });
    const oidc = oidcConfigOf(config);
    const app = createApp(
      {
        pool,
        clock,
        logger,
        answered: (Outcome, ms) => {
          metrics.observe('ApiRequests', 1, { Outcome });
          metrics.observe('ApiMilliseconds', ms, {});
        },
        changed: () => outbox.relay.wake(),
        signIn: waysIn({ pool, pepper, clock, used: use.note, oidc, local: config.API_LOCAL_SIGN_IN }),
        environment: { peopleSignIn: oidc !== null, isLocal: config.API_LOCAL_SIGN_IN },
        rateLimit: sharedRateLimit(redis, { perMinute: config.API_RATE_PER_MINUTE, tasks: config.API_TASKS }),
        checkReplies: false,
        pepper,
        hub: live.hub,
        publish: createLivePublisher(redis, logger),
        producer: name,
        deadEntries: deadEntriesOf((queue) => fifoQueue(outbox.sqs, dead[queue])),
        pseudonyms,
        references: new PhoneReferences(pseudonyms),
        cache: new SuppressionCache({ redis, clock, logger, pseudonyms }),
        gate: gateConfigFrom(config),
        prices: pricesFrom(config),
        drills: content.drills,
        defaultSender: config.ORIGINATION_NUMBER,
        carriers: config.CARRIERS,
        agentMostSegments: config.AGENT_MAX_SEGMENTS,
        webhooks: { secretKey, addresses },
        ...campaignPartsFrom(config),
        askHead: askHead(addresses),
      },
      { proxies: config.API_PROXIES, consoleFolder: config.CONSOLE_DIR },
    );
    const server = await startPublicServer(app, {
      host: config.SERVICE_HOST,
      port: config.PORT,
      keepAliveMs: config.KEEP_ALIVE_MS,
    });
    if (!isBuilt(config.CONSOLE_DIR))
      logger.warn({ folder: config.CONSOLE_DIR }, 'the console is not built: it is answered 503');
    logger.info({ port: server.port }, 'serves the API');
    return {
      // What is away is said request by request: another task would have no more of it.
      notReady: () => null,
      stop: async () => {
        // Streams of events never end by themselves, and the server waits for what is in hand.
        await Promise.all([live.stop(), webhooks.stop(), server.stop(config.LINGER_MS)]);
        await Promise.all([use.stop(), forgetting.stop(), clearing.stop()]);
        await Promise.all([outbox.close(), content.close()]);
        redis.disconnect();
      },
    };
  },
  checkApiSettings,
);
