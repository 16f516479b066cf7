import { useSyncExternalStore } from 'react';

const EVERY_MS = 5_000;
const LEAST_AHEAD_MS = 5_000;
const listeners = new Set<() => void>();
/** How far business time is ahead of this browser's clock, in ms: a local stack may have skipped time. */
let ahead = 0;
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for the whole page: what says how long ago moves together, and stands still while nobody looks. */
function listen(changed: () => void): () => void {
  listeners.add(changed);
  timer ??= setInterval(() => {
    now = Date.now() + ahead;
    for (const each of listeners) each();
  }, EVERY_MS);
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Says what time it is in the system, as the API has just answered. Small differences are those of the network. */
export function setBusinessTime(at: string): void {
  const difference = Date.parse(at) - Date.now();
  ahead = Math.abs(difference) < LEAST_AHEAD_MS ? 0 : difference;
  now = Date.now() + ahead;
  for (const each of listeners) each();
}

const still = (): (() => void) => () => undefined;

/** The time of now in ms, renewed every few seconds; `moves: false`: as it is when it is first asked for. */
export const useNow = (moves = true): number => useSyncExternalStore(moves ? listen : still, () => now);
