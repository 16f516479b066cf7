import type { Faults } from '#shared/simulator/faults.ts';

/** The dials of the simulated carrier, in the order in which they are shown. Pure. */

/** Shares from 0 to 1. */
export const rateFields = [
  'rate429',
  'rate5xxBefore',
  'rate5xxAfter',
  'hangRate',
  'lostCallbackRate',
  'duplicateCallbackRate',
  'outOfOrderCallbackRate',
  'lostInboundRate',
  'duplicateInboundRate',
] as const satisfies readonly (keyof Faults)[];
export type RateField = (typeof rateFields)[number];

/** Ranges in ms. */
export const rangeFields = [
  'latencyMs',
  'sentAfterMs',
  'deliveredAfterMs',
] as const satisfies readonly (keyof Faults)[];
export type RangeField = (typeof rangeFields)[number];

/** Codes that numbers are often given, to see what becomes of it. Any other may be typed. */
export const usualCodes = [30003, 30005, 30006, 30007, 30008, 21211, 21610, 21614, 20429] as const;

/** How many things go wrong on purpose. */
export const faultCount = (faults: Faults): number =>
  rateFields.filter((field) => faults[field] > 0).length +
  (faults.latencyMs.max > 0 ? 1 : 0) +
  Object.keys(faults.errorCodes).length;

/** Everything as it should be; delays of delivery stay. */
export const nothingWrong = (faults: Faults) => ({
  ...Object.fromEntries(rateFields.map((field) => [field, 0])),
  latencyMs: { min: 0, max: 0 },
  retryAfterSeconds: 0,
  errorCodes: Object.fromEntries(Object.keys(faults.errorCodes).map((number) => [number, null])),
});
