import type { Clock } from '#shared/clock.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { type MessageSettings, messagesFor } from './messages.ts';
import { writeMessages } from './store.ts';

/** Events become rows of messages and turns of their phones in the sms queues, in the transaction that read them. */
export function outboundConsumer(
  drills: Drills,
  settings: MessageSettings,
  clock: Clock,
): StreamConsumerDefinition<DialogEventBatch> {
  return dialogEventConsumer('outbound', async (tx, batches) => {
    const work = batches.map((batch) => {
      const programme = batch.programmeSlug === null ? null : drills.programme(batch.programmeSlug);
      return { batch, messages: messagesFor(batch, programme, settings) };
    });
    return { entries: await writeMessages(tx, work, clock.now()) };
  });
}
