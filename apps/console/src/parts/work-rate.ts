/** How far long work had come at a moment, in ms of the reader's clock. */
export interface Reached {
  at: number;
  done: number;
}

export interface Rate {
  perSecond: number;
  /** Until it is done, at this rate, in ms; null: nobody can say. */
  remainingMs: number | null;
}

/** The rate is of so long at most: what was fast a minute ago says little. */
const WINDOW_MS = 15_000;
/** Less than this says nothing yet. */
const LEAST_MS = 800;

/** What was seen, with the newest, as far as it counts. Work that begins anew is counted anew. */
export function seen(before: readonly Reached[], now: Reached): readonly Reached[] {
  const last = before.at(-1);
  if (last !== undefined && now.done < last.done) return [now];
  if (last !== undefined && now.done === last.done) return before;
  return [...before.filter(({ at }) => at >= now.at - WINDOW_MS), now];
}

/** How fast it goes, from what was seen; null: not enough was seen yet. Pure. */
export function rateOf(reached: readonly Reached[], whole: number): Rate | null {
  const [first, last] = [reached.at(0), reached.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null;
  const perSecond = ((last.done - first.done) * 1_000) / (last.at - first.at);
  const left = Math.max(0, whole - last.done);
  return { perSecond, remainingMs: perSecond > 0 ? (left / perSecond) * 1_000 : null };
}
