import { z } from 'zod';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { senderAddressSchema } from '#shared/phone/sender-address.ts';
import { originSchema } from './origin.ts';
import { profileChangeSchema } from './profile.ts';
import { cleanedText, storableText } from './storable-text.ts';

/**
 * Stream `dialog-commands`; partition key: the phone number. Delivered at least once, in order per phone number and
 * producer. `commandId` names the cause, so that a repetition is recognised (ids are kept 30 days).
 */

const envelope = {
  commandId: z.uuid(),
  phoneNumber: phoneNumberSchema,
  occurredAt: z.iso.datetime(),
};

export const carrierNameSchema = z.enum(['twilio', 'vonage', 'aws']);
export const carrierNames = carrierNameSchema.options;
export type CarrierName = z.infer<typeof carrierNameSchema>;

/**
 * What a text did to the consent of whoever wrote it: it opted them out (again), it lifted an opt-out, it asks for help,
 * or it says nothing about it.
 */
export const heardConsentSchema = z.enum(['opted_out', 'opted_in', 'help']).nullable();
export type HeardConsent = z.infer<typeof heardConsentSchema>;

/**
 * A person texted us. `body` is as the carrier gave it, without what cannot be stored. `optOutType` is the carrier's own
 * verdict: it has answered the text. `consent` is what the gateway recorded under the lock on the phone, the same for
 * every delivery of the text; whoever reads the stream follows it and does not read the words again.
 */
export const inboundSmsSchema = z.object({
  ...envelope,
  type: z.literal('INBOUND_SMS'),
  payload: z.object({
    from: phoneNumberSchema,
    to: senderAddressSchema,
    body: cleanedText,
    media: z.array(z.object({ url: cleanedText, contentType: cleanedText.nullable() })),
    carrier: carrierNameSchema,
    carrierMessageId: storableText.min(1),
    receivedAt: z.iso.datetime(),
    optOutType: z.enum(['STOP', 'START', 'HELP']).optional(),
    consent: heardConsentSchema,
  }),
});
export type InboundSms = z.infer<typeof inboundSmsSchema>;

/**
 * The version of the dialog that whoever asks went by: where it is another by now, the command comes to nothing (`stale`).
 * Left out: it holds whatever has happened since.
 */
const dialogVersion = z.number().int().min(0).optional();

/**
 * The programme that whoever asks goes by: where another, or none, owns the number that sends by now, the command comes to
 * nothing (`other_programme`). Left out: whichever owns it.
 */
const programmeSlug = storableText.min(1).optional();

/**
 * Begin a drill; its content is fetched when the command is executed. One of a campaign, which names its programme, is refused
 * while that is not active.
 */
export const startDrillSchema = z.object({
  ...envelope,
  type: z.literal('START_DRILL'),
  payload: z.object({
    drillSlug: storableText.min(1),
    drillInstanceId: z.uuid(),
    origin: originSchema,
    dialogVersion,
    programmeSlug,
    campaign: z
      .object({ campaignId: z.uuid(), contactId: z.uuid(), programmeSlug: storableText.min(1) })
      .optional(),
  }),
});
export type StartDrill = z.infer<typeof startDrillSchema>;

/** Remind about one prompt that was not answered. */
export const triggerReminderSchema = z.object({
  ...envelope,
  type: z.literal('TRIGGER_REMINDER'),
  payload: z.object({
    drillInstanceId: z.uuid(),
    promptSlug: storableText.min(1),
    origin: originSchema,
    dialogVersion,
    programmeSlug,
  }),
});
export type TriggerReminder = z.infer<typeof triggerReminderSchema>;

/** An operator sends one message. */
export const sendAdHocMessageSchema = z.object({
  ...envelope,
  type: z.literal('SEND_AD_HOC_MESSAGE'),
  payload: z.object({
    body: storableText.min(1).max(1600),
    mediaUrl: storableText.pipe(z.url()).optional(),
    origin: originSchema,
  }),
});
export type SendAdHocMessage = z.infer<typeof sendAdHocMessageSchema>;

/**
 * The profile changes from outside; `purgeDrillState` also ends the drill in flight. With a `dialogVersion` it comes to nothing
 * where the dialog has gone on.
 */
export const updateUserSchema = z.object({
  ...envelope,
  type: z.literal('UPDATE_USER'),
  payload: z.object({
    profile: profileChangeSchema,
    purgeDrillState: z.boolean().optional(),
    dialogVersion,
  }),
});
export type UpdateUser = z.infer<typeof updateUserSchema>;

/** Suppression changed outside the dialog, which follows the suppression list as it stands then; `status` says why. */
export const consentChangedSchema = z.object({
  ...envelope,
  type: z.literal('CONSENT_CHANGED'),
  payload: z.object({
    status: z.enum(['opted_in', 'pending_opt_out', 'opted_out']),
    scope: storableText.min(1),
    method: z.enum(['sms', 'email', 'voice', 'web', 'manual', 'carrier', 'import']),
    cause: storableText.min(1),
  }),
});
export type ConsentChanged = z.infer<typeof consentChangedSchema>;

export const dialogCommandSchema = z.discriminatedUnion('type', [
  inboundSmsSchema,
  startDrillSchema,
  triggerReminderSchema,
  sendAdHocMessageSchema,
  updateUserSchema,
  consentChangedSchema,
]);
export type DialogCommand = z.infer<typeof dialogCommandSchema>;
