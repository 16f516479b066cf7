import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';

/** Batches for tests in which only their phone and their version matter. */

const at = '2026-11-21T12:00:00.000Z';
const profile = {
  validated: true,
  optedOut: false,
  isDemo: false,
  name: null,
  language: 'en',
  timezone: null,
  accountInfo: {},
  answers: {},
};

/** The batch of this version of a phone. */
export function sampleBatch(phone: string, version: number): DialogEventBatch {
  const commandId = `00000000-0000-4000-8000-${phone.slice(-4)}${String(version).padStart(8, '0')}`;
  const batchId = batchIdOf(commandId);
  return dialogEventBatchSchema.parse({
    schemaVersion: 1,
    batchId,
    commandId,
    phoneNumber: phone,
    version,
    occurredAt: at,
    programmeSlug: null,
    origin: { kind: 'reply', senderNumber: '+14155550199', receivedAt: at },
    profileBefore: profile,
    profileAfter: profile,
    events: [{ type: 'NEXT_DRILL_REQUESTED', eventId: eventIdOf(batchId, 0), occurredAt: at }],
  });
}
