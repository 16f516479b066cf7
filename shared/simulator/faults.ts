import { z } from 'zod';

/**
 * What goes wrong on purpose at the simulated carrier, as its control API takes and tells it. How it is drawn is in
 * apps/local/carrier/faults.ts.
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
  /** Error code by recipient, by number or address on WhatsApp: 20000 to 29999 refuse the request, others fail the delivery. */
  errorCodes: z.record(
    z.string().regex(/^(?:whatsapp:)?\+[1-9]\d{6,14}$/),
    z.number().int().min(10_000).max(99_999),
  ),
});
export type Faults = z.infer<typeof faultsSchema>;

/** A change of the faults: fields that are left out stay; in `errorCodes`, null takes a number out. */
export const faultsChangeSchema = faultsSchema
  .partial()
  .extend({ errorCodes: z.record(z.string(), z.number().int().nullable()).optional() })
  .strict();
export type FaultsChange = z.infer<typeof faultsChangeSchema>;
