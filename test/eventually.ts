import { setTimeout as delay } from 'node:timers/promises';

/** Between two looks, in ms: a tenth of the time that was waited already, within these bounds. */
const LEAST_PAUSE_MS = 20;
const MOST_PAUSE_MS = 250;

/** For loops that look again and again whether something has come about: what takes long is looked at less often. */
export const pauseAfter = (waitedMs: number): Promise<void> =>
  delay(Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, waitedMs / 10)));

/**
 * Repeats an assertion about something that other processes or tasks bring about until it holds; fails with its last
 * error after `ms`, which is far longer than anything takes on a busy machine: it only ends what will never come.
 * For what cannot be awaited; never to wait for "enough" time.
 */
export async function eventually(assertion: () => Promise<void>, ms = 60_000): Promise<void> {
  const begin = performance.now();
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() - begin > ms) throw error;
    }
    await pauseAfter(performance.now() - begin);
  }
}
