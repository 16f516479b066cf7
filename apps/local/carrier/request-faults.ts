import type { Faults } from '#shared/simulator/faults.ts';
import { draw } from './faults.ts';
import { delayAt } from './message.ts';

/** What goes wrong with one request to an API that is not Twilio's, drawn as for Twilio's own. */
export interface RequestFaults {
  latencyMs: number;
  /** Refused for being too fast: nothing was accepted. */
  throttled: boolean;
  /** Answered with an error before anything was accepted, or after it was. */
  failsBefore: boolean;
  failsAfter: boolean;
  /** Accepted and never answered. */
  hangs: boolean;
}

/** `ordinal`: the running number of the request. */
export function faultsOf(faults: Faults, ordinal: number): RequestFaults {
  const hits = (channel: Parameters<typeof draw>[1], rate: number): boolean =>
    rate > 0 && draw(faults.seed, channel, ordinal) < rate;
  return {
    latencyMs: delayAt(faults.latencyMs, draw(faults.seed, 'latency', ordinal)),
    throttled: hits('refuse429', faults.rate429),
    failsBefore: hits('fail5xxBefore', faults.rate5xxBefore),
    failsAfter: hits('fail5xxAfter', faults.rate5xxAfter),
    hangs: hits('hang', faults.hangRate),
  };
}
