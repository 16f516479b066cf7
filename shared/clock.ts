import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Where all code takes time, waiting and randomness from, so that tests and the simulation can own them.
 *
 * `now` is business time: the local stack may skip it forward. It decides what is due, what a window allows and
 * what a record says happened when. `monotonic` is real elapsed time: leases, visibility, posting deadlines and
 * request time-outs use it and are never skipped.
 */
export interface Clock {
  /** Business time. */
  now(): Date;
  /** Real milliseconds since an arbitrary start; never jumps. */
  monotonic(): number;
  /** Resolves after real `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A new random id. Ids that must survive a replay are derived instead (`shared/identity.ts`). */
  newId(): string;
  /** Uniform in [0, 1): jitter and spreading, never secrets. */
  random(): number;
}

/** The machine's clock, shifted by `offsetMs()` in business time only. */
export function systemClock(offsetMs: () => number = () => 0): Clock {
  return {
    now: () => new Date(Date.now() + offsetMs()),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal ? { signal } : {});
    },
    newId: () => randomUUID(),
    random: () => Math.random(),
  };
}
