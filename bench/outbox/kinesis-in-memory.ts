import { setTimeout as delay } from 'node:timers/promises';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { z } from 'zod';

/** What one call takes, in ms: as Kinesis answers from within its region. */
const CALL_MS = 8;

/** Hashes of partition keys are 128 bits. */
const KEYS = 2n ** 128n;

const recordSchema = z.object({ PartitionKey: z.string(), Data: z.string() });
const putSchema = recordSchema.loose();
const putSomeSchema = z.object({ Records: z.array(recordSchema) });

const decoder = new TextDecoder();

/**
 * One stream in memory behind the client of the AWS SDK, which both contenders speak with: an emulator that is a process takes a
 * processor from whoever is measured, and gives fewer records a second than either wants. A call takes 8 ms; records have
 * their place by when their call came, as those of a key have on a shard.
 */
export class KinesisInMemory {
  readonly client: KinesisClient;
  readonly #shards: number;
  readonly #bodies: string[] = [];
  calls = 0;

  constructor(shards: number) {
    this.#shards = shards;
    this.client = new KinesisClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: HttpRequest) => ({
          response: new HttpResponse({
            statusCode: 200,
            headers: { 'content-type': 'application/x-amz-json-1.1' },
            body: Buffer.from(JSON.stringify(await this.#answer(request))),
          }),
        }),
      },
    });
  }

  /** Bodies of all records, in their order. */
  get bodies(): readonly string[] {
    return this.#bodies.map((data) => Buffer.from(data, 'base64').toString());
  }

  async #answer({ body, headers }: HttpRequest): Promise<unknown> {
    this.calls += 1;
    const call = (headers['x-amz-target'] ?? '').replace(/^Kinesis_\d+\./, '');
    const input: unknown = JSON.parse(typeof body === 'string' ? body : decoder.decode(body as Uint8Array));
    if (call === 'ListShards') return { Shards: shardsOf(this.#shards) };
    if (call === 'PutRecord') {
      const answer = this.#store(putSchema.parse(input));
      await delay(CALL_MS);
      return answer;
    }
    if (call !== 'PutRecords') throw new Error(`nobody said what ${call} does`);
    const Records = putSomeSchema.parse(input).Records.map((record) => this.#store(record));
    await delay(CALL_MS);
    return { FailedRecordCount: 0, Records };
  }

  /** Nobody here asks on which shard it is. */
  #store({ Data }: z.infer<typeof recordSchema>): { SequenceNumber: string; ShardId: string } {
    this.#bodies.push(Data);
    return { SequenceNumber: String(this.#bodies.length), ShardId: shardName(0) };
  }
}

const shardName = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/** So many open shards, each with an equal part of all keys: what is sent is limited by them. */
const shardsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ShardId: shardName(index),
    HashKeyRange: {
      StartingHashKey: String((KEYS * BigInt(index)) / BigInt(count)),
      EndingHashKey: String((KEYS * BigInt(index + 1)) / BigInt(count) - 1n),
    },
    SequenceNumberRange: { StartingSequenceNumber: '0' },
  }));
