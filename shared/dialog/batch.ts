import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';
import { type Decision, decide } from './decide.ts';
import { evolve } from './evolve.ts';
import type { Facts } from './facts.ts';

/** Why something goes out because of this command: the text that is answered, or what the command says. */
export function originOf(command: DialogCommand): Origin {
  switch (command.type) {
    case 'INBOUND_SMS':
      return { kind: 'reply', senderNumber: command.payload.to, receivedAt: command.payload.receivedAt };
    case 'START_DRILL':
    case 'TRIGGER_REMINDER':
    case 'SEND_AD_HOC_MESSAGE':
      return command.payload.origin;
    case 'UPDATE_USER':
    case 'CONSENT_CHANGED':
      return { kind: 'planned', senderNumber: null, intent: 'transactional' };
  }
}

const lessonOf = (command: DialogCommand): Pick<DialogEventBatch, 'lessonCampaignId'> =>
  command.type === 'START_DRILL' && command.payload.campaign !== undefined
    ? { lessonCampaignId: command.payload.campaign.campaignId }
    : {};

/**
 * Executes one command: the batch of its events and the state after it, or null when nothing happens (the state and
 * its version stay). Pure. Ids derive from the command's, so that doing it again gives the same batch; `now` is
 * business time and becomes the instant of all events.
 */
export function execute(
  command: DialogCommand,
  state: DialogState,
  facts: Facts,
  now: Date,
): { batch: DialogEventBatch; state: DialogState } | null {
  const decisions = decide(command, state, facts);
  if (decisions.length === 0) return null;
  const batchId = batchIdOf(command.commandId);
  const occurredAt = now.toISOString();
  const events = decisions.map((decision, index) => stamp(decision, eventIdOf(batchId, index), occurredAt));
  const version = state.version + 1;
  const after = { ...events.reduce(evolve, state), version };
  const batch: DialogEventBatch = {
    schemaVersion: 1,
    batchId,
    commandId: command.commandId,
    phoneNumber: state.phoneNumber,
    version,
    occurredAt,
    programmeSlug: facts.programme?.slug ?? null,
    origin: originOf(command),
    ...lessonOf(command),
    profileBefore: state.profile,
    profileAfter: after.profile,
    events,
  };
  return { batch, state: after };
}

const stamp = (decision: Decision, eventId: string, occurredAt: string): DialogEvent => ({
  ...decision,
  eventId,
  occurredAt,
});
