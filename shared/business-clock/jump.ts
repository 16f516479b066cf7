/**
 * Business time of the local stack, as all of its processes compute it: real time plus an offset that jumps at an instant
 * of real time. They share the machine and so its clock; whoever knows of a jump before its instant makes it at that
 * instant, together with all others. Pure.
 */
export interface Jump {
  /** In force before `jumpsAt`, in ms. */
  previousMs: number;
  /** In force from `jumpsAt` on, in ms; never less than `previousMs`. */
  offsetMs: number;
  /** Real time, in ms since the epoch. */
  jumpsAt: number;
}

/** Business time is real time. */
export const NO_JUMP: Jump = { previousMs: 0, offsetMs: 0, jumpsAt: 0 };

export const isInForce = (jump: Jump, realMs: number): boolean => realMs >= jump.jumpsAt;

export const offsetAt = (jump: Jump, realMs: number): number =>
  isInForce(jump, realMs) ? jump.offsetMs : jump.previousMs;

/** Of two jumps the one that leads further. News come in any order, more than once: time never goes back. */
export const furtherOf = (known: Jump, told: Jump): Jump => (told.offsetMs > known.offsetMs ? told : known);

/** An instance as it reported itself last. */
export interface Instance {
  instance: string;
  pid: number;
  /** Up to which version it follows the clock. */
  version: number;
  /** Real ms since it reported. */
  silentMs: number;
}

/** An instance that has not reported for so long does not count: it hangs, or cannot reach the database. */
export const LIVE_MS = 15_000;
/** How often an instance reports, and looks for what no notification told it, in ms. */
export const REPORT_MS = 5_000;

/** Instances that a step of the clock waits for: those that live, as far as anybody knows, and do not follow yet. */
export const behind = (
  instances: readonly Instance[],
  version: number,
  isGone: (pid: number) => boolean,
): Instance[] =>
  instances.filter((each) => each.version < version && each.silentMs < LIVE_MS && !isGone(each.pid));
