import { z } from 'zod';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { senderAddressSchema } from '#shared/phone/sender-address.ts';
import { answeredByWords } from '#shared/voice/call-outcomes.ts';
import { carrierNameSchema } from './dialog-commands.ts';

/**
 * Stream `message-log`; partition key: the person's phone number, or the carrier's message id where a status
 * callback does not say the number. Delivered at least once and in any order between producers: its consumer merges.
 */

/** From the sender, once the carrier has answered: accepted (with its id) or refused (with an error). */
export const outboundSmsSchema = z.object({
  type: z.literal('OUTBOUND_SMS'),
  messageId: z.uuid(),
  attemptId: z.uuid(),
  carrier: carrierNameSchema,
  /** Null when the carrier refused the request: such a message never got an id. */
  carrierMessageId: z.string().min(1).nullable(),
  phoneNumber: phoneNumberSchema,
  senderNumber: senderAddressSchema,
  body: z.string(),
  mediaUrls: z.array(z.string()),
  /** In the words of `shared/carriers/status.ts`. */
  status: z.string().min(1),
  errorCode: z.string().nullable(),
  segments: z.number().int().positive().nullable(),
  sentAt: z.iso.datetime(),
});
export type OutboundSms = z.infer<typeof outboundSmsSchema>;

/** From a carrier's status callback, or from a look at the carrier. Unknown words are kept as they are. */
export const statusUpdateSchema = z.object({
  type: z.literal('STATUS_UPDATE'),
  carrier: carrierNameSchema,
  carrierMessageId: z.string().min(1),
  status: z.string().min(1),
  errorCode: z.string().nullable(),
  /** Our own ids, from the callback's address; null on callbacks that we did not ask for. */
  attemptId: z.uuid().nullable(),
  messageId: z.uuid().nullable(),
  /** The person's number, where the callback says it. */
  phoneNumber: phoneNumberSchema.nullable(),
  receivedAt: z.iso.datetime(),
});
export type StatusUpdate = z.infer<typeof statusUpdateSchema>;

/** From the caller, once the carrier has answered: as `OUTBOUND_SMS`, of a call. */
export const outboundCallSchema = z.object({
  type: z.literal('OUTBOUND_CALL'),
  messageId: z.uuid(),
  attemptId: z.uuid(),
  carrier: carrierNameSchema,
  /** Of the call; null when the carrier refused the request. */
  carrierMessageId: z.string().min(1).nullable(),
  phoneNumber: phoneNumberSchema,
  senderNumber: phoneNumberSchema,
  /** From `transcriptOf` (shared/voice/call-script.ts). */
  body: z.string(),
  /** In the words of `shared/carriers/status.ts`. */
  status: z.string().min(1),
  errorCode: z.string().nullable(),
  sentAt: z.iso.datetime(),
});
export type OutboundCall = z.infer<typeof outboundCallSchema>;

/** What became of a call, from a callback or from a look at the carrier. Unknown status words are kept as they are. */
export const callStatusSchema = z.object({
  type: z.literal('CALL_STATUS'),
  carrier: carrierNameSchema,
  carrierMessageId: z.string().min(1),
  status: z.string().min(1),
  errorCode: z.string().nullable(),
  /** Who took it, where the carrier says so. */
  answeredBy: z.enum(answeredByWords).nullable(),
  /** From the answer to the end. */
  seconds: z.number().int().min(0).nullable(),
  price: z
    .object({ amount: z.string().regex(/^\d{1,7}(?:\.\d{1,8})?$/), currency: z.string().regex(/^[A-Z]{3}$/) })
    .nullable(),
  attemptId: z.uuid().nullable(),
  messageId: z.uuid().nullable(),
  phoneNumber: phoneNumberSchema.nullable(),
  receivedAt: z.iso.datetime(),
});
export type CallStatus = z.infer<typeof callStatusSchema>;

/** A key that a person pressed in a call. */
export const callKeySchema = z.object({
  type: z.literal('CALL_KEY'),
  carrier: carrierNameSchema,
  carrierMessageId: z.string().min(1),
  key: z.string().regex(/^[0-9*#]$/),
  /** Whether it opted them out, which is recorded already. */
  optedOut: z.boolean(),
  attemptId: z.uuid().nullable(),
  messageId: z.uuid().nullable(),
  phoneNumber: phoneNumberSchema.nullable(),
  receivedAt: z.iso.datetime(),
});
export type CallKey = z.infer<typeof callKeySchema>;

export const messageLogRecordSchema = z.discriminatedUnion('type', [
  outboundSmsSchema,
  statusUpdateSchema,
  outboundCallSchema,
  callStatusSchema,
  callKeySchema,
]);
export type MessageLogRecord = z.infer<typeof messageLogRecordSchema>;
