import type { StreamName } from '#shared/topology.ts';

/** Puts records on streams, in order per partition key. */
export interface StreamProducer {
  /**
   * Resolves when the stream has accepted the record. Records with one key are accepted in the order of the calls;
   * records of different keys share requests. Rejects with a CarillonError `unavailable` when the stream did not
   * accept it within the producer's patience; whether an unacknowledged record is there is then unknown.
   */
  put(stream: StreamName, partitionKey: string, body: string): Promise<void>;
  /** Waits for what is in flight, then refuses more. */
  close(): Promise<void>;
}
