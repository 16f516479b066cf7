import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { StreamName } from '#shared/topology.ts';

/** A record as it was read. */
export interface StreamRecord {
  sequenceNumber: string;
  partitionKey: string;
  body: string;
  arrivedAt: Date;
}

/** A record whose body was understood. */
export interface ParsedRecord<T> extends StreamRecord {
  value: T;
}

/** A record set aside, with the reason a person will read. */
export interface SetAside {
  record: StreamRecord;
  /** Parked: waits behind another record of its phone and goes on by itself once that is there. */
  state: 'quarantined' | 'parked';
  reason: string;
  /** Of a parked event batch: its place in its phone's order. */
  version: number | null;
}

/** What a batch did, besides its rows. */
export interface BatchEffects {
  /** What leaves after the commit, in order. */
  entries: OutboxEntry[];
  /** Records that could not be applied, to be kept aside in the same transaction. */
  setAside?: SetAside[];
}

/** What one consumer does with one stream. */
export interface StreamConsumerDefinition<T> {
  /** Under this name its position is kept. */
  consumer: string;
  stream: StreamName;
  /**
   * Understands a record's body. Throws CarillonError `invalid_record` when it never will: the record is quarantined
   * with that message, the others go on.
   */
  parse(body: string): T;
  /**
   * All effects of these records, set-wise, in this transaction, which also carries the checkpoint: what it writes
   * happens exactly once. Records are of one shard, in its order. May be called again with the same or fewer records
   * after a rollback, so it keeps nothing outside the transaction.
   *
   * An error that is neither transient nor the program's own is taken for a fault of a record: the batch is halved
   * until the record is found, and that one is quarantined.
   */
  apply(tx: Transaction, records: readonly ParsedRecord<T>[]): Promise<BatchEffects>;
  /** Hears that what `apply` did last has committed, for news to whoever watches. Must not fail. Left out: nobody does. */
  committed?(): void;
}
