import type { Clock } from '#shared/clock.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import { recordGrants } from '#shared/consent/record.ts';
import {
  isFirstConsent,
  type OpenRegistration,
  openRegistrationConsents,
  registrationConsents,
} from '#shared/consent/registration.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { type MessageSettings, messagesFor } from '#shared/dialog/messages.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { type MessagesOfBatch, type OutgoingMessage, writeMessages } from '#shared/messages/write.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Events become rows of messages and turns of their phones in the sms queues, in the transaction that read them. */
export function outboundConsumer(
  drills: Drills,
  settings: MessageSettings,
  clock: Clock,
  pseudonyms: Pseudonyms,
  gate: GateConfig,
): StreamConsumerDefinition<DialogEventBatch> {
  return dialogEventConsumer('outbound', pseudonyms, async (tx, batches) => {
    const content = await drills.current();
    const work = batches.map((batch) => {
      const programme = batch.programmeSlug === null ? null : content.programme(batch.programmeSlug);
      return workOf(batch, messagesFor(batch, programme, settings));
    });
    const registered = registrationConsents(batches);
    const asking = openRegistrationConsents(batches, (slug) => content.programme(slug));
    if (registered.length + asking.length > 0) {
      // All phones at once, in their order: the rows of messages are written under the same locks.
      await lockPhones(
        tx,
        batches.map(({ phoneNumber }) => phoneNumber),
      );
      if (registered.length > 0) await recordGrants(tx, registered, pseudonyms);
      if (asking.length > 0) await recordOpenRegistrations(tx, asking, pseudonyms);
    }
    return { entries: await writeMessages(tx, work, clock.now(), { config: gate, pseudonyms }) };
  });
}

async function recordOpenRegistrations(
  tx: Transaction,
  asking: readonly OpenRegistration[],
  pseudonyms: Pseudonyms,
): Promise<void> {
  const byId = new Map(asking.map((each) => [each.change.changeId, each]));
  await recordGrants(
    tx,
    asking.map(({ change }) => change),
    pseudonyms,
    (changeId, standings) => {
      const each = byId.get(changeId);
      return each !== undefined && isFirstConsent(each, standings);
    },
  );
}

const workOf = (
  { batchId, lessonCampaignId, origin, phoneNumber, profileAfter, profileBefore }: DialogEventBatch,
  messages: readonly OutgoingMessage[],
): MessagesOfBatch => ({
  batchId,
  phoneNumber,
  causedAt: origin.kind === 'reply' ? new Date(origin.receivedAt) : null,
  timeZone: profileAfter.timezone,
  isTimeZoneNew: profileAfter.timezone !== profileBefore.timezone,
  lessonCampaignId,
  messages,
});
