import { z } from 'zod';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { personsAddress } from './whatsapp.ts';

/**
 * A message as the simulated carrier keeps it: what was asked, where it stands, and what is still to happen to it.
 * Everything that must survive a restart is in here, so one row per message is the whole journal.
 */

/** Twilio's words; the life of a message only ever moves forward through them. */
export const statusSchema = z.enum([
  'scheduled',
  'accepted',
  'queued',
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
  'canceled',
  'received',
]);
export type Status = z.infer<typeof statusSchema>;

/** A change of status that is planned but has not happened yet. */
const stepSchema = z.object({ at: z.number(), status: statusSchema, errorCode: z.number().nullable() });
export type Step = z.infer<typeof stepSchema>;

/** A webhook request that has not been answered yet. */
const noticeSchema = z.object({
  /** Sent as I-Twilio-Idempotency-Token; the same on every retry, also after a restart. */
  token: z.string(),
  at: z.number(),
  status: statusSchema,
  errorCode: z.number().nullable(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const messageSchema = z.object({
  sid: z.string(),
  /** Grows by one per message; newest has the highest. */
  ordinal: z.number().int(),
  direction: z.enum(['inbound', 'outbound-api', 'outbound-reply']),
  /** Whose number the customer's side is, and whose API sent it. */
  carrier: carrierNameSchema.default('twilio'),
  /** What the customer gave along, to be handed back with every status; of Twilio, that is in `statusCallback`. */
  reference: z.record(z.string(), z.string()).default({}),
  /** The customer's side: a number, a number on WhatsApp ("whatsapp:+1..."), a short code or a sender name. */
  ours: z.string(),
  /** The person's side. */
  phone: phoneNumberSchema,
  body: z.string(),
  mediaUrls: z.array(z.string()),
  messagingServiceSid: z.string().nullable(),
  statusCallback: z.string().nullable(),
  segments: z.number().int(),
  status: statusSchema,
  errorCode: z.number().nullable(),
  /** Milliseconds since 1970, as all instants here. */
  createdAt: z.number(),
  sentAt: z.number().nullable(),
  updatedAt: z.number(),
  /** What the carrier recognised an inbound text as; null unless it handles opt-outs itself. */
  optOutType: z.enum(['STOP', 'START', 'HELP']).nullable(),
  /** How the application took an inbound text. */
  webhook: z.enum(['none', 'pending', 'answered', 'given_up']),
  /** Soonest first. */
  steps: z.array(stepSchema),
  notices: z.array(noticeSchema),
});
export type Message = z.infer<typeof messageSchema>;

/** Nothing is going to happen to it any more: it may be dropped when room is needed. */
export const isSettled = (message: Message): boolean =>
  message.steps.length === 0 && message.notices.length === 0;

export const fromOf = (message: Message): string =>
  message.direction === 'inbound' ? personsAddress(message) : message.ours;

export const toOf = (message: Message): string =>
  message.direction === 'inbound' ? message.ours : personsAddress(message);

/** A range of milliseconds, ends included. */
export interface Delay {
  min: number;
  max: number;
}

/** The point of a range that a draw in [0, 1) stands for, in whole milliseconds. */
export const delayAt = (range: Delay, draw: number): number =>
  Math.round(range.min + (range.max - range.min) * draw);
