declare module 'lifion-kinesis' {
  import type { PassThrough } from 'node:stream';

  /** What one poll of a shard brought, where polling waits for the consumer. */
  export interface Polled {
    shardId: string;
    records: { data: Buffer | string; partitionKey: string; sequenceNumber: string }[];
    setCheckpoint(sequenceNumber: string): Promise<void>;
    continuePolling(): void;
  }

  export default class Kinesis extends PassThrough {
    constructor(options: Record<string, unknown>);
    startConsumer(): Promise<void>;
    stopConsumer(): void;
  }
}
