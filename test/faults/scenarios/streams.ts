import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { streams } from '#shared/topology.ts';
import { localKinesis } from '../../../apps/local/stores/kinesis-streams.ts';
import { type AwsAnswer, awsError, type Meddler } from '../aws-proxy.ts';
import { forAWhile, type Inflicted, type Scenario, type World } from '../scenario.ts';

const MEDDLED_MS = 25_000;

/** Meddles for a while with what goes to Kinesis. */
async function meddle({ lasts, troubles }: World, inflicted: Inflicted, meddler: Meddler): Promise<void> {
  troubles.kinesis.meddler = meddler;
  await forAWhile(lasts(MEDDLED_MS), async () => inflicted);
  troubles.kinesis.meddler = null;
}

const throttled = (): AwsAnswer =>
  awsError('ProvisionedThroughputExceededException', 'Rate exceeded for shard in this trial.');

const recordsIn = (input: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Array.isArray(input.Records) ? input.Records : [];

export const kinesisThrottles: Scenario = {
  name: 'kinesis-throttles',
  says:
    'For 25 s Kinesis refuses a fifth of all reads and of all puts (ProvisionedThroughputExceededException), and of every second ' +
    'further put takes only some records and refuses the others one by one.',
  inflict: async (world) => {
    const { random, say } = world;
    const inflicted = {
      'reads throttled': 0,
      'puts throttled': 0,
      'puts taken in part': 0,
      'records refused in those': 0,
    };
    await meddle(world, inflicted, async ({ input, operation }, forward) => {
      if (operation === 'GetRecords' && random() < 0.2) {
        inflicted['reads throttled'] += 1;
        return throttled();
      }
      if (operation !== 'PutRecords') return forward();
      if (random() < 0.2) {
        inflicted['puts throttled'] += 1;
        return throttled();
      }
      const records = recordsIn(input);
      const taken = records.map(() => random() < 0.6);
      if (random() < 0.5 || taken.every(Boolean)) return forward();
      inflicted['puts taken in part'] += 1;
      inflicted['records refused in those'] += taken.filter((isTaken) => !isTaken).length;
      return partly(input, taken, forward);
    });
    say(JSON.stringify(inflicted));
    return inflicted;
  },
};

/** Some of the records of a put are accepted, and the answer names the others in their places, as Kinesis does. */
async function partly(
  input: Readonly<Record<string, unknown>>,
  taken: readonly boolean[],
  forward: Parameters<Meddler>[1],
): Promise<AwsAnswer> {
  const records = recordsIn(input).filter((_, index) => taken[index]);
  const answer =
    records.length > 0 ? await forward({ ...input, Records: records }) : { status: 200, body: {} };
  if (answer.status !== 200) return answer;
  const accepted = recordsIn(Object(answer.body)).values();
  const Records = taken.map((isTaken, index) =>
    isTaken
      ? accepted.next().value
      : index % 2 === 0
        ? {
            ErrorCode: 'ProvisionedThroughputExceededException',
            ErrorMessage: 'Rate exceeded in this trial.',
          }
        : { ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure in this trial.' },
  );
  return { status: 200, body: { FailedRecordCount: taken.filter((isTaken) => !isTaken).length, Records } };
}

export const kinesisLosesAnswers: Scenario = {
  name: 'kinesis-loses-answers',
  says:
    'For 25 s the connection of every sixth put ends before the answer (the records are on the stream), every tenth call ' +
    'is answered with 500 or not until the caller gives up, and every fourth read finds that its iterator has expired.',
  inflict: async (world) => {
    const { random, say } = world;
    const inflicted = {
      'answers to puts lost': 0,
      'internal failures': 0,
      'answers too late': 0,
      'iterators expired': 0,
    };
    await meddle(world, inflicted, async ({ operation }, forward) => {
      const chance = random();
      if (chance < 0.06) {
        inflicted['internal failures'] += 1;
        return awsError('InternalFailure', 'Internal service failure in this trial.', 500);
      }
      if (chance < 0.1) {
        inflicted['answers too late'] += 1;
        const answer = await forward();
        await delay(LATE_MS);
        return answer;
      }
      if (operation === 'GetRecords' && chance < 0.35) {
        inflicted['iterators expired'] += 1;
        return awsError('ExpiredIteratorException', 'Iterator expired in this trial.');
      }
      if (operation === 'PutRecords' && chance < 0.27) {
        inflicted['answers to puts lost'] += 1;
        await forward();
        return null;
      }
      return forward();
    });
    say(JSON.stringify(inflicted));
    return inflicted;
  },
};

/** Longer than anybody waits for an answer of Kinesis. */
const LATE_MS = 5_000;

export const resharding: Scenario = {
  name: 'resharding',
  says: 'Every stream is split until it has two shards, then to four, and merged to two again, while records go in.',
  inflict: async ({ say, system, untilTalking }) => {
    const client = localKinesis(system.kinesisUrl);
    try {
      const inflicted = { splits: 0, merges: 0 };
      for (const shards of [2, 4]) {
        for (const stream of Object.keys(streams)) inflicted.splits += await splitTo(client, stream, shards);
        say(`every stream has ${shards} shards`);
        await untilTalking();
      }
      for (const stream of Object.keys(streams)) inflicted.merges += await mergeTo(client, stream, 2);
      say('every stream has 2 shards again');
      await untilTalking();
      return inflicted;
    } finally {
      client.destroy();
    }
  },
};

interface OpenShard {
  id: string;
  from: bigint;
  to: bigint;
}

/** In the order of their hash keys. */
async function openShards(client: KinesisClient, stream: string): Promise<OpenShard[]> {
  const { Shards } = await client.send(new ListShardsCommand({ StreamName: stream }));
  const isOpen = ({ SequenceNumberRange }: Shard): boolean =>
    SequenceNumberRange?.EndingSequenceNumber === undefined;
  return (Shards ?? [])
    .filter(isOpen)
    .map(({ HashKeyRange, ShardId }) => ({
      id: ShardId ?? '',
      from: BigInt(HashKeyRange?.StartingHashKey ?? 0),
      to: BigInt(HashKeyRange?.EndingHashKey ?? 0),
    }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

async function splitTo(client: KinesisClient, stream: string, shards: number): Promise<number> {
  let splits = 0;
  for (;;) {
    const open = await openShards(client, stream);
    if (open.length >= shards) return splits;
    const [widest] = open.sort((a, b) => (a.to - a.from < b.to - b.from ? 1 : -1));
    if (widest === undefined) throw new Error(`${stream} has no open shard`);
    await client.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: widest.id,
        NewStartingHashKey: String((widest.from + widest.to) / 2n + 1n),
      }),
    );
    splits += 1;
    await untilActive(client, stream);
  }
}

async function mergeTo(client: KinesisClient, stream: string, shards: number): Promise<number> {
  let merges = 0;
  for (;;) {
    const open = await openShards(client, stream);
    if (open.length <= shards) return merges;
    // Two that were two before: of four the first two, then the last two.
    const [left, right] = open.slice(merges);
    if (left === undefined || right === undefined) throw new Error(`${stream} has no neighbours to merge`);
    await client.send(
      new MergeShardsCommand({ StreamName: stream, ShardToMerge: left.id, AdjacentShardToMerge: right.id }),
    );
    merges += 1;
    await untilActive(client, stream);
  }
}

async function untilActive(client: KinesisClient, stream: string): Promise<void> {
  for (;;) {
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: stream }),
    );
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
    await delay(20);
  }
}
