import { hash } from 'node:crypto';

/**
 * Ids that a replay must produce again are name-based (UUID version 5, RFC 9562 section 5.5): the same cause
 * always has the same id, so every consumer can recognise a repetition without asking anybody.
 */

/** Carillon's own namespace: a constant, chosen once. Changing it would make every known id unknown. */
const NAMESPACE = '5d0f6f0c-31a4-5c1e-9a63-7b0f2a1c9e44';

const namespaceBytes = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');

/**
 * Version 5 by hand: every event, message and log record needs one, and one call of node:crypto takes a third of the
 * time of the library that the tests compare it with.
 */
function derive(kind: string, ...parts: readonly (string | number)[]): string {
  const name = Buffer.from(`${kind}\n${parts.join('\n')}`);
  const hex = hash('sha1', Buffer.concat([namespaceBytes, name]), 'hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

/** The command that an inbound message becomes, however often the carrier delivers it. */
export const inboundCommandId = (carrier: string, carrierMessageId: string): string =>
  derive('inbound', carrier, carrierMessageId);

/** The batch of events that one command produced. */
export const batchIdOf = (commandId: string): string => derive('batch', commandId);

/** The n-th event (from 0) of a batch. */
export const eventIdOf = (batchId: string, index: number): string => derive('event', batchId, index);

/** The n-th outgoing message (from 0) that an event causes. */
export const messageIdOf = (eventId: string, index: number): string => derive('message', eventId, index);

/** The command that starts a drill because of a batch: once per phone, drill and cause. */
export const drillStartCommandId = (phoneNumber: string, drillSlug: string, batchId: string): string =>
  derive('start-drill', phoneNumber, drillSlug, batchId);

/** The command that says, because of a batch, that every drill of the programme is done. */
export const nothingMoreCommandId = (batchId: string): string => derive('nothing-more', batchId);

/** The command that starts a drill because it is due: once per person, programme, drill and due instant (ms). */
export const scheduledStartCommandId = (
  phoneNumber: string,
  programmeSlug: string,
  drillSlug: string,
  dueAt: number,
): string => derive('scheduled-start', phoneNumber, programmeSlug, drillSlug, dueAt);

/** The command that reminds of a prompt: once per version of the dialog, which takes one reminder of each prompt. */
export const reminderCommandId = (
  phoneNumber: string,
  drillInstanceId: string,
  promptSlug: string,
  dialogVersion: number,
): string => derive('reminder', phoneNumber, drillInstanceId, promptSlug, dialogVersion);

/** The command that tells a dialog what a contact says: once per version of each. */
export const contactNewsCommandId = (
  contactId: string,
  contactVersion: number,
  dialogVersion: number,
): string => derive('contact-news', contactId, contactVersion, dialogVersion);

/** The instance that a command starting a drill begins. */
export const drillInstanceIdOf = (commandId: string): string => derive('drill-instance', commandId);

/** The row of the message log for a message that a carrier knows. */
export const messageLogId = (carrier: string, carrierMessageId: string): string =>
  derive('message-log', carrier, carrierMessageId);

/** The row of the message log for an attempt that the carrier refused, which therefore has no carrier id. */
export const refusedAttemptLogId = (attemptId: string): string => derive('refused-attempt', attemptId);

/** The consent that somebody gives by registering: once per event that says so. */
export const registrationConsentId = (eventId: string): string => derive('registration-consent', eventId);

/** The decision that a message is not sent because its phone is suppressed: final, so there is one. */
export const suppressedDecisionId = (messageId: string): string => derive('suppressed-decision', messageId);

/** The decision that a planned message has to wait, or may never go, when it was written: once per message. */
export const plannedDecisionId = (messageId: string): string => derive('planned-decision', messageId);

/** The decision that an answer is not sent because the answer to a newer text is: final, so there is one. */
export const supersededDecisionId = (messageId: string): string => derive('superseded-decision', messageId);

/** The change of consent, and the command that tells the dialog, when a carrier refuses an opted-out person. */
export const carrierOptOutId = (attemptId: string): string => derive('carrier-opt-out', attemptId);

/** The change of consent of whoever presses the key that opts out, and the command that tells the dialog: once per call. */
export const callOptOutId = (carrier: string, callId: string): string =>
  derive('call-opt-out', carrier, callId);

/** The change that takes back another one: there is at most one. */
export const reversalId = (changeId: string): string => derive('consent-reversal', changeId);

/** The change that carries a pending revocation through. */
export const completionId = (changeId: string): string => derive('consent-completion', changeId);

/** The revocation that a person reads out of a text in the review queue. */
export const reviewedRevocationId = (reviewId: string): string => derive('reviewed-revocation', reviewId);

/**
 * The n-th change (from 0) that a line of an imported file makes: one, but of a line in which several numbers stand. `file` names the file
 * by its content.
 */
export const importedChangeId = (file: string, line: number, nth = 0): string =>
  nth === 0 ? derive('consent-import', file, line) : derive('consent-import', file, line, nth);

/** The same line, taken in once more after that change had lifted what it suppressed. */
export const reimportedChangeId = (imported: string, lifting: string): string =>
  derive('consent-import-anew', imported, lifting);

/** What outgoing webhooks know an event by: once per type and what it is about. */
export const webhookEventId = (type: string, ...about: readonly string[]): string =>
  derive('webhook-event', type, ...about);

/** The n-th message (from 0) that a campaign writes to a contact. */
export const campaignMessageId = (campaignId: string, contactId: string, plan: number): string =>
  derive('campaign-message', campaignId, contactId, plan);

/** The n-th command (from 0) by which a campaign starts its drill with a contact: one that was refused is none that is repeated. */
export const campaignDrillCommandId = (campaignId: string, contactId: string, plan: number): string =>
  derive('campaign-drill', campaignId, contactId, plan);

/** The command that closes a lesson whose texts never went, by the batch of events that began it: once per version of the dialog. */
export const lessonClosingCommandId = (batchId: string, dialogVersion: number): string =>
  derive('lesson-closing', batchId, dialogVersion);

/** The message that the agent answers a text with: there is at most one, whoever sends it. */
export const agentMessageId = (replyId: string): string => derive('agent-answer', replyId);

/** An id inside a simulation, which nothing outside ever sees as one of its own. */
export const simulatedId = (name: string): string => derive('simulation', name);
