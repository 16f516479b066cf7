import type { Clock } from '#shared/clock.ts';
import { recordGrants } from '#shared/consent/record.ts';
import { registrationConsents } from '#shared/consent/registration.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { type MessagesOfBatch, type OutgoingMessage, writeMessages } from '#shared/messages/write.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { type MessageSettings, messagesFor } from './messages.ts';

/** Events become rows of messages and turns of their phones in the sms queues, in the transaction that read them. */
export function outboundConsumer(
  drills: Drills,
  settings: MessageSettings,
  clock: Clock,
  pseudonyms: Pseudonyms,
): StreamConsumerDefinition<DialogEventBatch> {
  return dialogEventConsumer('outbound', pseudonyms, async (tx, batches) => {
    const work = batches.map((batch) => {
      const programme = batch.programmeSlug === null ? null : drills.programme(batch.programmeSlug);
      return workOf(batch, messagesFor(batch, programme, settings));
    });
    const consents = registrationConsents(batches);
    if (consents.length > 0) {
      // All phones at once, in their order: the rows of messages are written under the same locks.
      await lockPhones(
        tx,
        batches.map(({ phoneNumber }) => phoneNumber),
      );
      await recordGrants(tx, consents, pseudonyms);
    }
    return { entries: await writeMessages(tx, work, clock.now()) };
  });
}

const workOf = (
  { batchId, origin, phoneNumber, profileAfter, profileBefore }: DialogEventBatch,
  messages: readonly OutgoingMessage[],
): MessagesOfBatch => ({
  batchId,
  phoneNumber,
  causedAt: origin.kind === 'reply' ? new Date(origin.receivedAt) : null,
  timeZone: profileAfter.timezone,
  isTimeZoneNew: profileAfter.timezone !== profileBefore.timezone,
  messages,
});
