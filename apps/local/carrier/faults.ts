import { z } from 'zod';
import type { Delay } from './message.ts';

/**
 * What goes wrong on purpose. Every decision is drawn from the seed, the kind of fault and a running number, never
 * from a shared generator: the same requests in the same order meet the same faults, whatever happens in between.
 */

const rate = z.number().min(0).max(1);
const range = z
  .strictObject({ min: z.number().min(0).max(600_000), max: z.number().min(0).max(600_000) })
  .refine((value) => value.min <= value.max, { message: 'min must not exceed max' });

export const faultsSchema = z.strictObject({
  /** Start of the draws; the same seed gives the same faults. */
  seed: z.number().int().min(0).max(0xffff_ffff),
  /** Time that the REST API takes to answer. */
  latencyMs: range,
  /** From acceptance to `sent`. */
  sentAfterMs: range,
  /** From `sent` to `delivered` or `undelivered`. */
  deliveredAfterMs: range,
  /** Share of REST requests refused with 429; nothing was accepted. */
  rate429: rate,
  /** Wait that such a refusal asks for (Retry-After), in s; 0: it names none. */
  retryAfterSeconds: z.number().int().min(0).max(3_600),
  /** Share of REST requests answered with 500; nothing was accepted. */
  rate5xxBefore: rate,
  /** Share of sends that are accepted, delivered, and answered with 500. */
  rate5xxAfter: rate,
  /** Share of sends that are accepted, delivered, and never answered. */
  hangRate: rate,
  /** Share of status callbacks that are never sent. */
  lostCallbackRate: rate,
  /** Share of status callbacks that are sent twice, under different idempotency tokens. */
  duplicateCallbackRate: rate,
  /** Share of `sent` callbacks that arrive after the one of the next status. */
  outOfOrderCallbackRate: rate,
  /** Share of texts from phones whose webhook is never sent; listing the messages shows them. */
  lostInboundRate: rate,
  /** Share of texts from phones whose webhook is sent twice, under different idempotency tokens. */
  duplicateInboundRate: rate,
  /** Error code by recipient: 20000 to 29999 refuse the request, others fail the delivery. */
  errorCodes: z.record(z.string().regex(/^\+[1-9]\d{6,14}$/), z.number().int().min(10_000).max(99_999)),
});
export type Faults = z.infer<typeof faultsSchema>;

export const noFaults = (delays: { sentAfterMs: Delay; deliveredAfterMs: Delay }): Faults => ({
  seed: 1,
  latencyMs: { min: 0, max: 0 },
  ...delays,
  rate429: 0,
  retryAfterSeconds: 0,
  rate5xxBefore: 0,
  rate5xxAfter: 0,
  hangRate: 0,
  lostCallbackRate: 0,
  duplicateCallbackRate: 0,
  outOfOrderCallbackRate: 0,
  lostInboundRate: 0,
  duplicateInboundRate: 0,
  errorCodes: {},
});

/** A change of the faults: fields that are left out stay; in `errorCodes`, null takes a number out. */
export const faultsChangeSchema = faultsSchema
  .partial()
  .extend({ errorCodes: z.record(z.string(), z.number().int().nullable()).optional() })
  .strict();
export type FaultsChange = z.infer<typeof faultsChangeSchema>;

/** Throws zod's error if the result would not be valid. */
export function mergeFaults(current: Faults, change: FaultsChange): Faults {
  const errorCodes = Object.fromEntries(
    Object.entries({ ...current.errorCodes, ...change.errorCodes }).filter(([, code]) => code !== null),
  );
  return faultsSchema.parse({ ...current, ...change, errorCodes });
}

/** One number per kind of decision, so that decisions about the same message are independent. */
const CHANNELS = {
  latency: 1,
  sentAfter: 2,
  deliveredAfter: 3,
  refuse429: 4,
  fail5xxBefore: 5,
  fail5xxAfter: 6,
  hang: 7,
  lostCallback: 8,
  duplicateCallback: 9,
  outOfOrder: 10,
  lostInbound: 11,
  duplicateInbound: 12,
} as const;
export type Channel = keyof typeof CHANNELS;

/** Uniform in [0, 1), fixed by its arguments. */
export function draw(seed: number, channel: Channel, ordinal: number): number {
  let hash = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(CHANNELS[channel], 0xc2b2_ae35);
  hash = mix(hash);
  hash = mix(hash ^ Math.imul(ordinal + 1, 0x27d4_eb2f));
  return hash / 0x1_0000_0000;
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the bits of the output. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
