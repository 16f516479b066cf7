import { createVoice } from '#shared/carriers/create-carriers.ts';
import { startTaskProtection } from '#shared/ecs/task-protection.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { connectSlotOutbox } from '#shared/outbox/connect.ts';
import { createRedis } from '#shared/redis/client.ts';
import { startPacing } from '#shared/sending/start-pacing.ts';
import { runService } from '#shared/service.ts';
import { fifoQueue } from '#shared/sqs/fifo-queue.ts';
import { queues, services } from '#shared/topology.ts';
import { startCaller } from './caller.ts';
import { callerSettings } from './settings.ts';

/** Left of the time to drain for the outbox and the connections. */
const CLOSING_MS = 1_500;

await runService('caller', callerSettings, async (context) => {
  const { clock, config, logger, metrics, pool } = context;
  const carrier = createVoice(config);
  if (carrier === null) {
    logger.warn({ carriers: config.CARRIERS }, 'no carrier that is set up makes calls: they stay planned');
    return { notReady: () => null, stop: () => Promise.resolve() };
  }
  await checkKeys(pool, config.CONSENT_PEPPER);
  const outbox = await connectSlotOutbox(context, services.caller.receives);
  const redis = createRedis(config, logger);
  const pacing = startPacing({
    pool,
    redis,
    instance: context.instance,
    channel: 'voice',
    clock,
    logger,
    liveness: context.liveness,
    onFailure: context.fail,
  });
  const caller = startCaller({
    pool,
    pacer: pacing.pacer,
    carrier,
    heard: config.CARRIERS,
    queues: [...outbox.urls].map(([queue, url]) => ({
      lane: 'bulk',
      name: queue,
      queue: fifoQueue(outbox.sqs, url),
      visibilitySeconds: queues[queue].visibilitySeconds,
    })),
    wakeRelay: () => outbox.relay.wake(),
    clock,
    logger,
    metrics,
    onFailure: context.fail,
    liveness: context.liveness,
    config,
    gate: gateConfigFrom(config),
    pseudonyms: config.CONSENT_PEPPER,
  });
  const protection =
    config.ECS_AGENT_URI === null
      ? null
      : startTaskProtection({
          agentUri: config.ECS_AGENT_URI,
          holds: () => caller.inHand() > 0,
          clock,
          logger,
        });
  return {
    notReady: () => caller.notReady(),
    stop: async () => {
      await Promise.all([protection?.stop(), caller.stop(Math.max(0, config.DRAIN_MS - CLOSING_MS))]);
      await pacing.stop();
      redis.disconnect();
      await outbox.close();
    },
  };
});
