import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';

/** Commands as they come on their stream, read once each: whoever asks again reads what came since. */
export class CommandTail {
  readonly #client: KinesisClient;
  /** Where each shard goes on; undefined: it is read to its end. */
  readonly #iterators = new Map<string, string | undefined>();
  readonly #ids = new Set<string>();
  /** Ids that were read and that nobody has taken out. */
  readonly unexecuted = new Set<string>();

  constructor(endpoint: string) {
    this.#client = localKinesis(endpoint);
  }

  /** Reads on. Returns the ids that are new. */
  async read(): Promise<string[]> {
    const { Shards } = await this.#client.send(new ListShardsCommand({ StreamName: 'dialog-commands' }));
    const found: string[] = [];
    for (const { ShardId = '' } of Shards ?? []) {
      for (const body of await this.#readShard(ShardId)) {
        const id = /"commandId":"([0-9a-f-]{36})"/.exec(body)?.[1];
        if (id === undefined || this.#ids.has(id)) continue;
        this.#ids.add(id);
        this.unexecuted.add(id);
        found.push(id);
      }
    }
    return found;
  }

  close(): void {
    this.#client.destroy();
  }

  async #readShard(shard: string): Promise<string[]> {
    if (!this.#iterators.has(shard)) {
      const { ShardIterator } = await this.#client.send(
        new GetShardIteratorCommand({
          StreamName: 'dialog-commands',
          ShardId: shard,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      this.#iterators.set(shard, ShardIterator);
    }
    const bodies: string[] = [];
    for (let iterator = this.#iterators.get(shard); iterator !== undefined; ) {
      const read = await this.#client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 10_000 }));
      const records = read.Records ?? [];
      bodies.push(...records.map(({ Data }) => Buffer.from(Data ?? []).toString()));
      iterator = read.NextShardIterator;
      this.#iterators.set(shard, iterator);
      if (records.length === 0 && (read.MillisBehindLatest ?? 0) === 0) break;
    }
    return bodies;
  }
}
