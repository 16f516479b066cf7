import { randomUUID } from 'node:crypto';

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
  /**
   * The machine's own time of day, which nobody skips: for what is compared with instants that AWS or PostgreSQL stamped
   * (arrival on a stream, age of a queue entry), and for what is shown to whoever watches the machine.
   */
  machineTime(): Date;
  /**
   * Calls `listener` after each jump of business time, once `now` is past it, until what it returns is called. For waits
   * towards a business instant; where nothing is skipped it is never called.
   */
  onJump(listener: () => void): () => void;
  /** Real milliseconds since an arbitrary start; never jumps. */
  monotonic(): number;
  /** Resolves after real `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A new random id. Ids that must survive a replay are derived instead (`shared/identity.ts`). */
  newId(): string;
  /** Uniform in [0, 1): jitter and spreading, never secrets. */
  random(): number;
}

/** How far business time is ahead of the machine's. */
export interface BusinessOffset {
  /** At this very instant, in ms; never becomes less. */
  offsetMs(): number;
  onJump: Clock['onJump'];
}

const NEVER_SKIPPED: BusinessOffset = { offsetMs: () => 0, onJump: () => () => undefined };

/** The machine's clock, shifted by the offset in business time only. */
export function systemClock(offset: BusinessOffset = NEVER_SKIPPED): Clock {
  return {
    now: () => new Date(Date.now() + offset.offsetMs()),
    machineTime: () => new Date(),
    onJump: (listener) => offset.onJump(listener),
    monotonic: () => performance.now(),
    sleep,
    newId: () => randomUUID(),
    random: () => Math.random(),
  };
}

/** As `Clock.sleep` says. That of node:timers/promises makes an error with a stack for each wait that is given up, as most are. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, ms);
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
