import { z } from 'zod';

/** A call as the simulated carrier shows it to the phones. `...Ms` count from the answer, in the time of whoever listens. */

/** Twilio's words. `initiated` is one of callbacks only: resources say `queued` until it rings. */
export const callStatusSchema = z.enum([
  'queued',
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
]);
export type CallStatus = z.infer<typeof callStatusSchema>;

/** One thing that the phone heard, from the first sound of it to the last. */
export const heardSchema = z.object({
  kind: z.enum(['say', 'play', 'pause']),
  /** The words, or the address of what was played. */
  text: z.string(),
  language: z.string().nullable(),
  voice: z.string().nullable(),
  fromMs: z.number(),
  /** ISO 8601, by the clock of the carrier: when it began, which is when its document had come. Null: of a call of before. */
  at: z.string().nullable().default(null),
  /** Later than `fromMs` by less than its length where it was cut short. */
  toMs: z.number(),
  /** Whether a key would have counted while it was heard. */
  keysCount: z.boolean(),
});
export type Heard = z.infer<typeof heardSchema>;

export const pressedSchema = z.object({
  key: z.string(),
  atMs: z.number(),
  /** False: nobody was asking for a key. */
  counted: z.boolean(),
});
export type Pressed = z.infer<typeof pressedSchema>;

/** A call as the phone lived it. */
export interface CallView {
  id: string;
  direction: 'to_phone' | 'from_phone';
  from: string;
  to: string;
  status: CallStatus;
  answeredBy: string | null;
  /** ISO 8601: when it was asked for, dialled, taken and over. */
  at: string;
  initiatedAt: string | null;
  answeredAt: string | null;
  endedAt: string | null;
  lengthMs: number | null;
  /** When the machine began to record. */
  beepMs: number | null;
  /** In order; times count from the answer. */
  heard: readonly Heard[];
  pressed: Pressed[];
}
