import type { OutboxEntry } from './entry.ts';

/**
 * Where outbox rows go. Implementations keep the order of entries with one ordering key (the next is sent only after
 * the one before is acknowledged) and repeat what failed for a passing reason by themselves.
 */
export interface Publisher {
  /**
   * Resolves when every entry is acknowledged by its stream or queue. Rejects with a CarillonError `unavailable`
   * when that did not succeed within the publisher's patience: nothing may be deleted then, all will be sent again.
   */
  publish(entries: readonly OutboxEntry[]): Promise<void>;
}
