import { connectResponder } from '#shared/agent/connect.ts';
import { checkAgentSettings } from '#shared/agent/settings.ts';
import { startDueRows } from '#shared/due-rows.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { createPublisher } from '#shared/live-events/publish.ts';
import { connectSlotOutbox } from '#shared/outbox/connect.ts';
import { createRedis } from '#shared/redis/client.ts';
import { runService } from '#shared/service.ts';
import { services } from '#shared/topology.ts';
import { startAgent } from './agent/start.ts';
import { followAnswers, nextAnswerLook } from './follow-answers.ts';
import { dialogConsumer } from './follow-dialog.ts';
import { handOverUntold, nextUntold } from './hand-over.ts';
import { textsConsumer } from './hear-texts.ts';
import { inboxSettings } from './settings.ts';
import { forgetVerdicts, nextSnoozed, wakeSnoozed } from './store.ts';

/** Longest pause between two looks for conversations that were put off: people put them off at any moment. */
const SNOOZE_IDLE_MS = 5_000;
const WOKEN_AT_ONCE = 500;
/** Longest pause between two looks for answers: people write them at any moment. */
const ANSWERS_IDLE_MS = 5_000;
const ANSWERS_AT_ONCE = 200;
const UNTOLD_IDLE_MS = 30_000;
const UNTOLD_AT_ONCE = 500;
/** Longer than any stream keeps a record, as of the ids that the dialog keeps. */
const VERDICT_DAYS = 30;
const FORGET_EVERY_MS = 10 * 60_000;
const FORGOTTEN_AT_ONCE = 1_000;

await runService(
  'inbox',
  inboxSettings,
  async (context) => {
    const { clock, config, liveness, logger, metrics, name, pool } = context;
    const onFailure = context.fail;
    const pseudonyms = config.CONSENT_PEPPER;
    await checkKeys(pool, pseudonyms);
    const redis = createRedis(config, logger);
    const publish = createPublisher(redis, logger);
    const changed = (): void => publish('conversations', { changedAt: clock.now().toISOString() });
    const outbox = await connectSlotOutbox(context, services.inbox.sends);
    const { close: closeResponder, responder } = connectResponder(config, { clock, db: pool });
    const agent = startAgent({
      pool,
      clock,
      pseudonyms,
      gate: gateConfigFrom(config),
      producer: name,
      limits: { answersPerHour: config.AGENT_ANSWERS_PER_HOUR },
      responder,
      organisation: { organisation: config.ORGANISATION, contact: config.ORGANISATION_CONTACT },
      timeoutMs: config.AGENT_TIMEOUT_MS,
      mostSegments: config.AGENT_MAX_SEGMENTS,
      mostPerDay: config.AGENT_ANSWERS_PER_DAY,
      atOnce: config.AGENT_AT_ONCE,
      metrics,
      logger,
      liveness,
      changed: () => {
        outbox.relay.wake();
        changed();
      },
      onFailure,
    });
    const deps = {
      clock,
      pseudonyms,
      metrics,
      withinDays: config.REPLY_WITHIN_DAYS,
      changed: () => {
        agent.wake();
        changed();
      },
    };
    const service = startStreamService(context, {
      pool,
      consumers: [textsConsumer(deps), dialogConsumer(deps)],
    });
    const waking = startDueRows({
      name: 'conversations that were put off',
      batch: async () => {
        const now = clock.now();
        const handled = await wakeSnoozed(pool, now, WOKEN_AT_ONCE);
        if (handled > 0) {
          changed();
          return { handled, nextInMs: null };
        }
        const due = await nextSnoozed(pool);
        return { handled, nextInMs: due === null ? null : due.getTime() - now.getTime() };
      },
      idleMs: SNOOZE_IDLE_MS,
      clock,
      logger,
      liveness,
      onFailure,
    });
    const following = startDueRows({
      name: 'answers by hand on their way',
      batch: async () => {
        const now = clock.now();
        const { looked, lost } = await followAnswers({ pool, pseudonyms, now, limit: ANSWERS_AT_ONCE });
        if (lost > 0) {
          logger.info(
            { lost },
            'answers by hand did not reach anybody: their conversations want somebody again',
          );
          changed();
        }
        const due = looked > 0 ? null : await nextAnswerLook(pool);
        return { handled: looked, nextInMs: due === null ? null : due.getTime() - now.getTime() };
      },
      idleMs: ANSWERS_IDLE_MS,
      clock,
      logger,
      liveness,
      onFailure,
    });
    const handingOver = startDueRows({
      name: 'texts that the dialog said nothing of',
      batch: async () => {
        const now = clock.now();
        const handled = await handOverUntold({ pool, pseudonyms, now, limit: UNTOLD_AT_ONCE });
        if (handled > 0) {
          logger.warn(
            { texts: handled },
            'the dialog has said nothing of texts for minutes: people have them now',
          );
          changed();
        }
        const due = handled > 0 ? null : await nextUntold(pool);
        return { handled, nextInMs: due === null ? null : due.getTime() - now.getTime() };
      },
      idleMs: UNTOLD_IDLE_MS,
      clock,
      logger,
      liveness,
      onFailure,
    });
    const forgetting = startDueRows({
      name: 'verdicts on texts that never came',
      batch: async () => ({
        handled: await forgetVerdicts(pool, VERDICT_DAYS, FORGOTTEN_AT_ONCE),
        nextInMs: null,
      }),
      idleMs: FORGET_EVERY_MS,
      clock,
      logger,
      liveness,
      onFailure,
    });
    return {
      notReady: service.notReady,
      stop: async () => {
        await Promise.all([waking.stop(), following.stop(), handingOver.stop(), forgetting.stop()]);
        await service.stop();
        await agent.stop();
        closeResponder();
        await outbox.close();
        redis.disconnect();
      },
    };
  },
  checkAgentSettings,
);
