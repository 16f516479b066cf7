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
   * rejects. One caller at a time sees them all: whoever comes at the same time finds nothing.
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
const HELD_SECONDS = 30;
/** Long enough that every server of the queue is asked, and none answers "nothing" for the others. */
const LOOK_SECONDS = 1;
const LOOK_MS = 10_000;

export const deadEntriesOf = (queueOf: (name: QueueName) => FifoQueue): DeadEntries => ({
  async take(name, work) {
    const queue = queueOf(name);
    const { entries, isAll } = await receiveAll(queue);
    const kept = new Map(entries.map((entry) => [entry.id, entry]));
    try {
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
  },
});

async function receiveAll(queue: FifoQueue): Promise<{ entries: ReceivedEntry[]; isAll: boolean }> {
  const entries: ReceivedEntry[] = [];
  while (entries.length < MOST_DEAD) {
    const more = await queue.receive({
      max: BATCH,
      waitSeconds: LOOK_SECONDS,
      visibilitySeconds: HELD_SECONDS,
      signal: AbortSignal.timeout(LOOK_MS),
    });
    if (more.length === 0) return { entries, isAll: true };
    entries.push(...more);
  }
  return { entries, isAll: false };
}

const batchesOf = <T>(entries: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, at) =>
    entries.slice(at * BATCH, (at + 1) * BATCH),
  );
