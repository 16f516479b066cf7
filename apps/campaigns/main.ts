import type { BreakerLimits } from '#shared/breakers/judge.ts';
import { callingPartsFrom } from '#shared/campaigns/calling.ts';
import { pricesFrom } from '#shared/campaigns/prices.ts';
import { SuppressionCache } from '#shared/consent/suppression-cache.ts';
import { inMsOf, startDueRows } from '#shared/due-rows.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { linkMaker } from '#shared/links/token.ts';
import { createPublisher } from '#shared/live-events/publish.ts';
import { connectSlotOutbox } from '#shared/outbox/connect.ts';
import { poolFrom } from '#shared/postgres/settings.ts';
import { createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { services } from '#shared/topology.ts';
import { wakeApproved } from './begin.ts';
import { startImportWork } from './imports/start.ts';
import { wakeForLessons } from './lessons.ts';
import { startCounting } from './operating/start-counting.ts';
import { nextDue, type OrchestratorParts, takeTurn } from './orchestrate.ts';
import { campaignsSettings } from './settings.ts';
import { startBreakers } from './start-breakers.ts';
import { hasReports, takeOverReports } from './take-over.ts';

/** Longest pause between two looks for campaigns that are due: people start them at any moment. */
const IDLE_MS = 1_000;
/** Pause between two looks for campaigns that nobody looks at any more, and that something is left to do of. */
const FORGOTTEN_MS = 15_000;

await runService('campaigns', campaignsSettings, async (context) => {
  const { clock, config, liveness, logger, metrics, name, pool } = context;
  const onFailure = context.fail;
  const pseudonyms = config.CONSENT_PEPPER;
  await checkKeys(pool, pseudonyms);
  const outbox = await connectSlotOutbox(context, services.campaigns.sends);
  const redis = createRedis(config, logger);
  const publish = createPublisher(redis, logger);
  const limits: BreakerLimits = {
    least: config.BREAKER_LEAST,
    most: {
      undelivered: config.BREAKER_UNDELIVERED,
      filtered: config.BREAKER_FILTERED,
      opted_out: config.BREAKER_OPT_OUTS,
    },
  };
  const parts: OrchestratorParts = {
    clock,
    gate: gateConfigFrom(config),
    pseudonyms,
    producer: name,
    ownNumber: config.ORIGINATION_NUMBER,
    carriers: config.CARRIERS,
    links: config.SHORT_LINK_BASE === null ? null : linkMaker(config.SHORT_LINK_BASE, pseudonyms),
    prices: pricesFrom(config),
    calls: callingPartsFrom(config),
    breaker: limits,
    slots: { sms: config.MAX_CONCURRENT_SMS_CAMPAIGNS, voice: config.MAX_CONCURRENT_VOICE_CAMPAIGNS },
    batchSize: config.BATCH_SIZE,
    messagesPerSecond: config.CAMPAIGN_MESSAGES_PER_SECOND,
    approvalAbove: config.APPROVAL_ABOVE,
    shares: pool,
    failed: (campaignId, err) => logger.error({ campaignId, err }, 'a campaign cannot go on'),
  };
  // The statements of a turn are many, and large: the next is made ready while one is executed. Shares are taken beside it.
  const turnPool = poolFrom(config, name, logger, { max: 1, pipeline: true });
  const turns = startDueRows({
    name: 'campaigns',
    nextInMs: async () => inMsOf(await nextDue(pool), clock),
    batch: async () => {
      const turn = await takeTurn(turnPool, parts);
      if (turn === null) return { handled: 0, nextInMs: null };
      const { became, campaignId, dispatched, isNews, startFailure } = turn;
      if (became !== null) logger.info({ campaignId, status: became }, `a campaign is ${became}`);
      if (became === 'failed') metrics.observe('CampaignsFailed', 1, {});
      if (startFailure !== null) metrics.observe('CampaignStartFailures', 1, { Reason: startFailure });
      for (const Outcome of ['queued', 'held', 'blocked', 'skipped'] as const) {
        const contacts = dispatched?.[Outcome] ?? 0;
        if (contacts > 0) metrics.observe('CampaignContacts', contacts, { Outcome });
      }
      // Who watches reads its counts again.
      if (isNews) publish('campaigns', { campaignId, became });
      if ((dispatched?.queued ?? 0) > 0) outbox.relay.wake();
      return { handled: 1, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const breakers = startBreakers({
    pool,
    limits,
    windowMs: config.BREAKER_MINUTES * 60_000,
    publish,
    clock,
    logger,
    metrics,
    liveness,
    onFailure,
  });
  const counting = startCounting({
    pool,
    gate: parts.gate,
    slots: parts.slots,
    clock,
    logger,
    metrics,
    liveness,
    onFailure,
  });
  const reports = startDueRows({
    name: 'reports',
    nextInMs: async () => ((await hasReports(pool)) ? 0 : null),
    batch: async () => {
      const taken = await takeOverReports(pool, { clock, prices: parts.prices });
      if (taken === null) return { handled: 0, nextInMs: null };
      publish('campaigns', { campaignId: taken.campaignId, became: null });
      return { handled: 1, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const forgotten = startDueRows({
    name: 'forgotten campaigns',
    batch: async () => {
      await wakeForLessons(pool, clock.now());
      await wakeApproved(pool, clock.now());
      return { handled: 0, nextInMs: null };
    },
    idleMs: FORGOTTEN_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const imports = startImportWork({
    pool,
    beside: pool,
    clock,
    logger,
    pseudonyms,
    producer: name,
    cache: new SuppressionCache({ redis, clock, logger, pseudonyms }),
    publish,
    committed: () => outbox.relay.wake(),
    liveness,
    onFailure,
  });
  return {
    notReady: () => null,
    stop: async () => {
      await Promise.all([
        turns.stop(),
        reports.stop(),
        breakers.stop(),
        counting.stop(),
        forgotten.stop(),
        imports.stop(),
      ]);
      await turnPool.end();
      await outbox.close();
      redis.disconnect();
    },
  };
});
