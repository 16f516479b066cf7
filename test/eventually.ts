import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats an assertion about something that other processes or tasks bring about until it holds; fails with its last
 * error after `ms`, which is far longer than anything takes on a busy machine: it only ends what will never come.
 * For what cannot be awaited; never to wait for "enough" time.
 */
export async function eventually(assertion: () => Promise<void>, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(20);
  }
}
