import { type Faults, type FaultsChange, faultsSchema } from '#shared/simulator/faults.ts';
import type { Delay } from './message.ts';

/**
 * How what goes wrong on purpose is drawn. Every decision comes from the seed, the kind of fault and a running number, never
 * from a shared generator: the same requests in the same order meet the same faults, whatever happens in between.
 */

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
