import { z } from 'zod';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { callStatusSchema, heardSchema, pressedSchema } from '#shared/simulator/call-view.ts';

/**
 * A call as the simulated carrier keeps it: what was asked, where it stands, and what was heard. One row of the journal each.
 * `...Ms` within a call count from the moment it was taken, in the time of whoever listens: they say the same however fast the
 * simulator plays.
 */

export const hasEnded = ({ status }: Pick<Call, 'status'>): boolean =>
  ['completed', 'busy', 'failed', 'no-answer', 'canceled'].includes(status);

/** A webhook request that has not been answered yet. */
const noticeSchema = z.object({
  /** Sent as I-Twilio-Idempotency-Token; the same on every retry, also after a restart. */
  token: z.string(),
  at: z.number(),
  about: z.enum(['status', 'machine']),
  parameters: z.record(z.string(), z.string()),
});
export type CallNotice = z.infer<typeof noticeSchema>;

export const callSchema = z.object({
  sid: z.string(),
  /** Grows by one per call; newest has the highest. */
  ordinal: z.number().int(),
  direction: z.enum(['outbound-api', 'inbound']),
  /** The customer's side. */
  ours: z.string(),
  /** The person's side. */
  phone: phoneNumberSchema,
  /** The document that is played first, or where it is fetched; both null: nothing is. */
  twiml: z.string().nullable(),
  url: z.string().nullable(),
  fallbackUrl: z.string().nullable(),
  statusCallback: z.string().nullable(),
  statusCallbackEvents: z.array(z.string()),
  ringMs: z.number(),
  timeLimitMs: z.number(),
  machineDetection: z.enum(['Enable', 'DetectMessageEnd']).nullable(),
  /** False: the call waits for what is detected. */
  asyncAmd: z.boolean(),
  asyncAmdStatusCallback: z.string().nullable(),
  status: callStatusSchema,
  errorCode: z.number().nullable(),
  sipResponseCode: z.number().nullable(),
  answeredBy: z.string().nullable(),
  /** Milliseconds since 1970, business time, as all instants here. */
  createdAt: z.number(),
  initiatedAt: z.number().nullable(),
  answeredAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  updatedAt: z.number(),
  /** From the answer to the end, in the time of whoever listens. */
  lengthMs: z.number().nullable(),
  /** When the machine began to record; null: there is none, or not yet. */
  beepMs: z.number().nullable(),
  heard: z.array(heardSchema),
  pressed: z.array(pressedSchema),
  /** Callbacks so far: the number of the next one. */
  sequence: z.number().int(),
  notices: z.array(noticeSchema),
});
export type Call = z.infer<typeof callSchema>;

/** Nothing is going to happen to it any more: it may be dropped when room is needed. */
export const isSettledCall = (call: Call): boolean => hasEnded(call) && call.notices.length === 0;

export const callFrom = (call: Call): string => (call.direction === 'inbound' ? call.phone : call.ours);
export const callTo = (call: Call): string => (call.direction === 'inbound' ? call.ours : call.phone);
