import type { ReceivedEntry } from './fifo-queue.ts';

/** An entry in hand. */
export interface Entry extends ReceivedEntry {
  /** Monotonic: when its visibility ends unless it is extended. */
  expiresAt: number;
  /** Being deleted or released: not extended any more. */
  settling: boolean;
}

/** What is in hand of one message group. At most one run at a time; what arrives meanwhile waits. */
export class Lane {
  readonly groupId: string;
  waiting: Entry[] = [];
  running: readonly Entry[] = [];
  /** The loop that runs it; null when idle. */
  working: Promise<void> | null = null;
  /** Entries being given back, one list after the other: the order in which they become visible again. */
  returning: Promise<void> = Promise.resolve();

  constructor(groupId: string) {
    this.groupId = groupId;
  }

  takeWaiting(): Entry[] {
    return this.waiting.splice(0);
  }

  /** Takes what waits behind an entry, and the entry itself where it waits too; returns only what was behind. */
  takeBehind(entry: Entry): Entry[] {
    const position = this.waiting.indexOf(entry);
    if (position < 0) return this.takeWaiting();
    return this.waiting.splice(position).slice(1);
  }
}
