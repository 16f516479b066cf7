import type { QueueName } from '#shared/topology.ts';
import type { FifoQueue, ReceivedEntry } from './fifo-queue.ts';

/** An entry that a queue gave up on, after it was received too often. */
export type DeadEntry = Pick<ReceivedEntry, 'id' | 'groupId' | 'body' | 'receives' | 'sentAt'>;

/** Of entries that were in hand: those that are done with, which leave the dead-letter queue. */
export interface Done<T> {
  done: readonly string[];
  result: T;
}

/** Entries that queues gave up on. */
export interface DeadEntries {
  /**
   * Hands over what a queue gave up on, at most `MOST_DEAD`: the oldest of each phone, of one phone ten at most, since nothing of
   * a group comes while others of it are in hand. Those whose ids `work` names are deleted, the others are given back, also where it
   * rejects. Callers of one process come one after the other; another process that comes at the same time finds what is left.
   */
  take<T>(
    queue: QueueName,
    work: (entries: readonly DeadEntry[], isAll: boolean) => Promise<Done<T>>,
  ): Promise<T>;
}

/** Entries in hand at once. */
export const MOST_DEAD = 100;
const BATCH = 10;
/** They come back by themselves, should the process be gone. */
const HELD_SECONDS = 20;
/** Long enough that every server of the queue is asked, and none answers "nothing" for the others. */
const LOOK_SECONDS = 1;
/** Of all looks together: whoever calls may hold a transaction meanwhile. ms. */
const LOOK_MS = 2_500;

export function deadEntriesOf(queueOf: (name: QueueName) => FifoQueue): DeadEntries {
  const turns = new Map<QueueName, Promise<unknown>>();
  return {
    take: (name, work) => {
      const turn = (turns.get(name) ?? Promise.resolve()).then(() => takeFrom(queueOf(name), work));
      // Who comes next begins however this one ends.
      turns.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}

async function takeFrom<T>(
  queue: FifoQueue,
  work: (entries: readonly DeadEntry[], isAll: boolean) => Promise<Done<T>>,
): Promise<T> {
  const kept = new Map<string, ReceivedEntry>();
  try {
    const isAll = await receiveAll(queue, kept);
    const entries = [...kept.values()];
    const { done, result } = await work(entries, isAll);
    const settled = done.flatMap((id) => kept.get(id) ?? []);
    for (const batch of batchesOf(settled)) {
      const answers = await queue.delete(batch.map(({ receipt }) => receipt));
      for (const [at, { id }] of batch.entries()) if (answers[at]?.ok) kept.delete(id);
    }
    return result;
  } finally {
    // From the last to the first, so that nobody is handed a later one of a phone before an earlier one.
    for (const batch of batchesOf([...kept.values()].reverse()))
      await queue.changeVisibility(
        batch.map(({ receipt }) => receipt),
        0,
      );
  }
}

/** Takes in hand what there is; returns whether that is all. What was taken before it rejects is in `kept` too. */
async function receiveAll(queue: FifoQueue, kept: Map<string, ReceivedEntry>): Promise<boolean> {
  const signal = AbortSignal.timeout(LOOK_MS);
  while (kept.size < MOST_DEAD && !signal.aborted) {
    try {
      const more = await queue.receive({
        max: BATCH,
        waitSeconds: LOOK_SECONDS,
        visibilitySeconds: HELD_SECONDS,
        signal,
      });
      if (more.length === 0) return true;
      for (const entry of more) kept.set(entry.id, entry);
    } catch (error) {
      // Time is up: what a look that was cut off has taken comes back by itself.
      if (signal.aborted) return false;
      throw error;
    }
  }
  return false;
}

const batchesOf = <T>(entries: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, at) =>
    entries.slice(at * BATCH, (at + 1) * BATCH),
  );
