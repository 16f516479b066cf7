import { createHash } from 'node:crypto';
import {
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type PutRecordsCommandInput,
  type PutRecordsCommandOutput,
  type PutRecordsRequestEntry,
  type PutRecordsResultEntry,
} from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';

/** What one shard takes: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const SHARD_RECORDS_PER_SECOND = 1_000;
export const SHARD_BYTES_PER_SECOND = 1024 * 1024;

/** How long the shards of a stream are believed to stay as they are, in ms. */
const SHARDS_KNOWN_MS = 10_000;

interface Allowance {
  /** Tokens left: records and bytes. */
  records: number;
  bytes: number;
  at: number;
}

interface OpenShard {
  id: string;
  from: bigint;
  to: bigint;
}

/**
 * Makes a client of an emulator that never throttles behave as Kinesis does: records of a PutRecords above a shard's
 * rate come back with ProvisionedThroughputExceededException, the others are accepted. Counted per process, so the
 * sum over several producing processes may still be more than a real shard would take.
 */
export function enforceWriteLimits(client: KinesisClient, clock: Clock): void {
  const shardsOf = new Map<string, { shards: OpenShard[]; at: number }>();
  const allowances = new Map<string, Allowance>();

  async function openShards(stream: string): Promise<OpenShard[]> {
    const known = shardsOf.get(stream);
    if (known && clock.monotonic() - known.at < SHARDS_KNOWN_MS) return known.shards;
    const answer = await client.send(new ListShardsCommand({ StreamName: stream }));
    const shards = (answer.Shards ?? []).flatMap(({ ShardId, HashKeyRange, SequenceNumberRange }) =>
      SequenceNumberRange?.EndingSequenceNumber === undefined
        ? [
            {
              id: ShardId ?? '',
              from: BigInt(HashKeyRange?.StartingHashKey ?? 0),
              to: BigInt(HashKeyRange?.EndingHashKey ?? 0),
            },
          ]
        : [],
    );
    shardsOf.set(stream, { shards, at: clock.monotonic() });
    return shards;
  }

  function spend(stream: string, shard: string, bytes: number): boolean {
    const key = `${stream}/${shard}`;
    const now = clock.monotonic();
    const last = allowances.get(key) ?? {
      records: SHARD_RECORDS_PER_SECOND,
      bytes: SHARD_BYTES_PER_SECOND,
      at: now,
    };
    const seconds = (now - last.at) / 1_000;
    const left = {
      records: Math.min(SHARD_RECORDS_PER_SECOND, last.records + seconds * SHARD_RECORDS_PER_SECOND),
      bytes: Math.min(SHARD_BYTES_PER_SECOND, last.bytes + seconds * SHARD_BYTES_PER_SECOND),
      at: now,
    };
    const allowed = left.records >= 1 && left.bytes >= bytes;
    if (allowed) {
      left.records -= 1;
      left.bytes -= bytes;
    }
    allowances.set(key, left);
    return allowed;
  }

  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== PutRecordsCommand.name) return next(args);
      const input = args.input as PutRecordsCommandInput;
      const stream = input.StreamName ?? '';
      const shards = await openShards(stream);
      const records = input.Records ?? [];
      const allowed = records.map((record) => spend(stream, shardOf(record, shards), sizeOf(record)));
      if (allowed.every(Boolean)) return next(args);
      const accepted = records.filter((_, index) => allowed[index]);
      const answer =
        accepted.length > 0 ? await next({ ...args, input: { ...input, Records: accepted } }) : undefined;
      const output = merge(answer?.output as PutRecordsCommandOutput | undefined, allowed);
      return { response: answer?.response, output };
    },
    { step: 'initialize', name: 'enforceWriteLimits' },
  );
}

/** The shard that a record goes to: by the MD5 of its partition key, as Kinesis does it. */
function shardOf(record: PutRecordsRequestEntry, shards: readonly OpenShard[]): string {
  const hash = BigInt(
    `0x${createHash('md5')
      .update(record.PartitionKey ?? '')
      .digest('hex')}`,
  );
  return shards.find(({ from, to }) => hash >= from && hash <= to)?.id ?? '';
}

const sizeOf = (record: PutRecordsRequestEntry): number =>
  (record.Data?.byteLength ?? 0) + Buffer.byteLength(record.PartitionKey ?? '');

/** Results in the order of the request: those of the accepted records, and a failure for each of the others. */
function merge(
  answer: PutRecordsCommandOutput | undefined,
  allowed: readonly boolean[],
): PutRecordsCommandOutput {
  const accepted = [...(answer?.Records ?? [])];
  const results = allowed.map(
    (ok): PutRecordsResultEntry =>
      (ok ? accepted.shift() : undefined) ?? {
        ErrorCode: 'ProvisionedThroughputExceededException',
        ErrorMessage: 'Rate exceeded for shard (limit enforced by the client of a local endpoint).',
      },
  );
  return {
    ...answer,
    $metadata: answer?.$metadata ?? {},
    FailedRecordCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    Records: results,
  };
}
