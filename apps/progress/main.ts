import { nextNewsAt } from '#shared/contacts/news.ts';
import { connectDrills } from '#shared/content/connect.ts';
import { inMsOf, startDueRows } from '#shared/due-rows.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { gateConfigFrom } from '#shared/gate/settings.ts';
import { connectStreams } from '#shared/kinesis/connect.ts';
import { startStreamService } from '#shared/kinesis/stream-service.ts';
import { createPublisher } from '#shared/outbox/publisher.ts';
import { createSlotRelay } from '#shared/outbox/slot-relay.ts';
import { nextDueAt } from '#shared/progress/participant-store.ts';
import { runService } from '#shared/service.ts';
import { exchangeContacts } from './exchange-contacts.ts';
import { progressConsumer } from './follow-events.ts';
import { progressSettings } from './settings.ts';
import { armAnew, type DueParts, takeDue } from './take-due.ts';

/** Longest pause between two looks for what is due: other tasks, and batches of events, add rows. */
const IDLE_MS = 1_000;
/** And for programmes that have become others. */
const ANEW_IDLE_MS = 5_000;

await runService('progress', progressSettings, async (context) => {
  const { clock, config, fail: onFailure, instance, liveness, logger, metrics, name, pool } = context;
  const pseudonyms = config.CONSENT_PEPPER;
  await checkKeys(pool, pseudonyms);
  const { close, drills } = await connectDrills(context);
  const streams = connectStreams(config, { clock, logger, metrics });
  const relay = createSlotRelay({
    pool,
    producer: name,
    instance,
    publisher: createPublisher({ producer: streams.producer }),
    clock,
    logger,
    metrics,
    liveness,
    onFailure,
  });
  const { BATCH_SIZE: batchSize } = config;
  const parts: DueParts = {
    drills,
    gate: gateConfigFrom(config),
    pseudonyms,
    clock,
    producer: name,
    batchSize,
  };
  const due = startDueRows({
    name: 'schedules',
    nextInMs: async () => inMsOf(await nextDueAt(pool), clock),
    batch: async () => {
      const { drills: started, handled, lagMs, reminders } = await takeDue(pool, parts);
      if (started > 0) metrics.observe('ScheduledCommands', started, { Kind: 'drill' });
      if (reminders > 0) metrics.observe('ScheduledCommands', reminders, { Kind: 'reminder' });
      if (started + reminders > 0) {
        metrics.observe('ScheduleLagMilliseconds', lagMs, {});
        relay.wake();
      }
      return { handled, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const anew = startDueRows({
    name: 'programmes that changed',
    batch: async () => ({ handled: await armAnew(pool, parts), nextInMs: null }),
    idleMs: ANEW_IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const exchange = startDueRows({
    name: 'contacts',
    nextInMs: async () => inMsOf(await nextNewsAt(pool), clock),
    batch: async () => {
      const { handled, told } = await exchangeContacts(pool, parts);
      if (told > 0) {
        metrics.observe('ScheduledCommands', told, { Kind: 'contact' });
        relay.wake();
      }
      return { handled, nextInMs: null };
    },
    idleMs: IDLE_MS,
    clock,
    logger,
    liveness,
    onFailure,
  });
  const following = startStreamService(context, { pool, consumers: [progressConsumer(drills, pseudonyms)] });
  return {
    notReady: () => following.notReady(),
    stop: async () => {
      await Promise.all([due.stop(), anew.stop(), exchange.stop(), following.stop()]);
      await relay.stop();
      await streams.close();
      await close();
    },
  };
});
