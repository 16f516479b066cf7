import type { Clock } from '#shared/clock.ts';

/**
 * Everything that is due later, in one queue ordered by time. Thousands of steps per second share one wait at a time
 * instead of a timer each, and business time may be skipped: what became due runs at once.
 */
export interface Timeline {
  /** Runs the task at that instant (business milliseconds), or soon if it has passed. Same instant: in order. */
  schedule(at: number, task: () => void): void;
  readonly size: number;
  /** To be called after business time was skipped. */
  wake(): void;
  clear(): void;
  stop(): void;
}

interface Entry {
  at: number;
  order: number;
  task: () => void;
}

/** Tasks that fall within the same few milliseconds are run together. */
const GRAIN_MS = 4;

/** `onEmpty` is called when the last task has run. */
export function createTimeline(clock: Pick<Clock, 'now' | 'sleep'>, onEmpty: () => void): Timeline {
  let heap: Entry[] = [];
  let order = 0;
  let stopped = false;
  let asleep: { until: number; abort: AbortController } | null = null;

  const runDue = (): void => {
    const now = clock.now().getTime();
    for (let next = heap[0]; next && next.at <= now; next = heap[0]) {
      pop(heap);
      next.task();
      if (stopped) return;
    }
  };
  const sleepUntilNext = (): void => {
    const next = heap[0];
    if (!next || stopped) return;
    if (asleep) {
      if (asleep.until <= next.at) return;
      asleep.abort.abort();
    }
    const mine = { until: next.at, abort: new AbortController() };
    asleep = mine;
    const wait = Math.min(MAX_SLEEP_MS, Math.max(GRAIN_MS, next.at - clock.now().getTime()));
    clock.sleep(wait, mine.abort.signal).then(
      () => {
        asleep = null;
        runDue();
        if (heap.length === 0) onEmpty();
        sleepUntilNext();
      },
      // Aborted: an earlier task came in and sleeps on its own, or the timeline is over.
      () => undefined,
    );
  };
  return {
    schedule: (at, task) => {
      if (stopped) return;
      order += 1;
      push(heap, { at, order, task });
      sleepUntilNext();
    },
    get size() {
      return heap.length;
    },
    wake: () => {
      asleep?.abort.abort();
      asleep = null;
      sleepUntilNext();
    },
    clear: () => {
      heap = [];
    },
    stop: () => {
      stopped = true;
      heap = [];
      asleep?.abort.abort();
    },
  };
}

/** Longest wait that timers can hold is 2^31 - 1 ms; anything below does. */
const MAX_SLEEP_MS = 86_400_000;

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (!above || !before(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const entry = heap.pop();
  if (!entry || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const leftEntry = heap[left];
    if (!leftEntry) break;
    const rightEntry = heap[left + 1];
    const child = rightEntry && before(rightEntry, leftEntry) ? left + 1 : left;
    const childEntry = child === left ? leftEntry : rightEntry;
    if (!childEntry || !before(childEntry, entry)) break;
    heap[at] = childEntry;
    at = child;
  }
  heap[at] = entry;
}
